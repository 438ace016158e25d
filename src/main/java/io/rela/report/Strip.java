package io.rela.report;

import java.util.List;

/**
 * A row of pictures. Immutable.
 *
 * @param name what they have in common
 * @param about how they were found, in a sentence
 * @param tiles the pictures
 */
record Strip(String name, String about, List<Tile> tiles) {}
