package io.rela.inspect;

import java.util.Optional;

/**
 * What is to be looked at. Immutable.
 *
 * @param home URI of the dataset home
 * @param timesSelected where to write how often each sample was selected; empty for nowhere
 */
public record InspectRequest(String home, Optional<String> timesSelected) {}
