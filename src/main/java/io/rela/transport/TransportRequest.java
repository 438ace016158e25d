package io.rela.transport;

import io.rela.home.Representation;

/**
 * Which two representations of the same samples are to be compared. Immutable.
 *
 * @param home URI of a dataset home
 * @param other what it is compared with
 * @param table which representation of a home is meant
 * @param heldOut share of the samples that the maps are tried on, in (0, 1)
 * @param ridge penalty, as a part of the mean variance of a dimension, 0 or more
 * @param seed of the split
 */
public record TransportRequest(
        String home, Other other, Representation table, double heldOut, double ridge, long seed) {
    /**
     * What a home is compared with.
     *
     * @param setting name of the setting that names it, for messages
     * @param uri of it
     * @param isHome whether it is a dataset home; else a table of features
     */
    public record Other(String setting, String uri, boolean isHome) {}
}
