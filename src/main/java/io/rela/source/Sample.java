package io.rela.source;

import java.io.Serializable;

/**
 * One picture of a source, before it is read.
 *
 * @param index position in the source's order, 0 to N-1
 * @param id stable key: path below the input, or the tar member's name
 * @param uri where the bytes are: the file, the tar shard, or {@code FILE.parquet#ROW}
 * @param offset of the first byte in a tar shard; null elsewhere
 * @param length of the encoded picture in bytes
 * @param label position of the class folder, or what the source says; null without labels
 * @param labelName the class folder's name; null where there is none
 */
public record Sample(long index, String id, String uri, Long offset, long length, Integer label, String labelName)
        implements Serializable {}
