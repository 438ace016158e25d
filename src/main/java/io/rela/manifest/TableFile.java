package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One Parquet file of a table, as the manifest lists it. Immutable.
 *
 * @param path below the home, such as {@code targets/part-000000000000.parquet}
 * @param rows number of rows
 * @param bytes length of the file
 * @param first smallest index of its rows; null for a table without an index, and for a file without rows
 * @param last largest index of its rows; null likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TableFile(String path, long rows, long bytes, Long first, Long last) {}
