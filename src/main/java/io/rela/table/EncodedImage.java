package io.rela.table;

/**
 * A picture as it was found.
 *
 * @param bytes the encoded file; not copied
 * @param path its id
 */
public record EncodedImage(byte[] bytes, String path) {}
