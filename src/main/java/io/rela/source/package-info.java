/**
 * Where pictures come from: folders, tar shards, Parquet. Lists them in the order of the reference implementation, and reads
 * their bytes in tasks.
 */
package io.rela.source;
