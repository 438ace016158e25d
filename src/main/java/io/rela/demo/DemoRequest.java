package io.rela.demo;

import io.rela.home.IfExists;
import java.nio.file.Path;

/**
 * What the demo is asked for. Immutable.
 *
 * @param folder local, for pictures and dataset home
 * @param ifExists what to do when the home is there already
 */
public record DemoRequest(Path folder, IfExists ifExists) {}
