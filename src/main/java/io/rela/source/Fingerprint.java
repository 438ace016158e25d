package io.rela.source;

/**
 * Tells one source from another, whatever its order and storage. Immutable.
 *
 * @param count number of samples
 * @param bytes sum of the encoded pictures' lengths
 * @param idsSha256 SHA-256 of the ids sorted by Unicode code point, each followed by a line feed
 */
public record Fingerprint(long count, long bytes, String idsSha256) {}
