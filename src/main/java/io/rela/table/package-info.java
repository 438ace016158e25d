/**
 * Parquet as this program writes and reads it: schemas, rows, files in the order of the index, and small JSON files.
 */
package io.rela.table;
