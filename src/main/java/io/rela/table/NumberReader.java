package io.rela.table;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/**
 * Reads the index and one number beside it from a file, a row group at a time, into arrays: a hundred million rows without an
 * object a row. One task's thread.
 */
public final class NumberReader implements AutoCloseable {
    private final ParquetFileReader reader;
    private final Path file;
    private final IndexRange range;
    private final MessageType schema;
    private final String createdBy;
    private final Column column;
    private int group;
    private int rows;
    private long[] index = new long[0];
    private float[] floats = new float[0];
    private int[] ints = new int[0];

    /**
     * @param columns the index, then a column of type INT or FLOAT, or nothing
     * @param range row groups that lie outside of it are not read; others are read whole
     */
    public NumberReader(TableSchema columns, Path file, IndexRange range, Configuration conf) throws IOException {
        this.range = range;
        this.column = columns.columns().size() > 1 ? columns.columns().get(1) : null;
        this.file = file;
        this.reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf));
        try {
            this.schema = columns.in(reader.getFileMetaData().getSchema(), file.toString());
        } catch (RelaException e) {
            reader.close();
            throw e;
        }
        this.createdBy = reader.getFileMetaData().getCreatedBy();
        reader.setRequestedSchema(schema);
    }

    /**
     * What a file's footer says.
     *
     * @param range of the indices that the file covers; null for a file without rows, or without an index
     * @param rows number of rows
     */
    public record Footer(IndexRange range, long rows) {}

    /**
     * Reads a file's footer.
     *
     * @param ordered whether rows have to stand in the order of their index
     * @throws RelaException when they have to, and its row groups do not ascend
     */
    public static Footer footer(Path file, boolean ordered, Configuration conf) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, conf))) {
            boolean indexed = reader.getFileMetaData().getSchema().containsField(Tables.INDEX);
            IndexRange range = null;
            for (BlockMetaData block : indexed ? reader.getFooter().getBlocks() : List.<BlockMetaData>of()) {
                IndexRange part = rangeOf(block, file);
                if (ordered && range != null && part.first() < range.end()) {
                    throw outOfOrder(file, part.first(), range.end() - 1);
                }
                range = range == null ? part : range.spanning(part);
            }
            return new Footer(range, reader.getRecordCount());
        }
    }

    private static IndexRange rangeOf(BlockMetaData block, Path file) {
        for (ColumnChunkMetaData column : block.getColumns()) {
            Statistics<?> found = column.getPath().toDotString().equals(Tables.INDEX) ? column.getStatistics() : null;
            if (found instanceof LongStatistics longs && longs.hasNonNullValue() && longs.getMin() >= 0) {
                return new IndexRange(longs.getMin(), longs.getMax() + 1);
            }
        }
        throw new RelaException(
                ExitCode.HOME, file + " does not say which indices it holds. Restore the table, or make it again.");
    }

    /** Reads the next row group; false after the last. */
    public boolean next() throws IOException {
        List<BlockMetaData> groups = reader.getRowGroups();
        while (group < groups.size() && !rangeOf(groups.get(group), file).overlaps(range)) {
            reader.skipNextRowGroup();
            group++;
        }
        if (group == groups.size()) {
            rows = 0;
            return false;
        }
        group++;
        PageReadStore pages = reader.readNextRowGroup();
        rows = Math.toIntExact(pages.getRowCount());
        ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new Nothing(), schema, createdBy);
        ColumnDescriptor first = schema.getColumns().get(0);
        readIndex(store.getColumnReader(first), first.getMaxDefinitionLevel());
        if (column != null) {
            ColumnDescriptor descriptor = schema.getColumns().get(1);
            switch (column.type()) {
                case FLOAT -> readFloats(store.getColumnReader(descriptor), descriptor.getMaxDefinitionLevel());
                case INT -> readInts(store.getColumnReader(descriptor), descriptor.getMaxDefinitionLevel());
                default -> throw new IllegalArgumentException(column.name() + " is no column of int or float");
            }
        }
        return true;
    }

    /** Whoever joins two tables by reading them side by side relies on the order, and loses rows without it. */
    private void readIndex(ColumnReader values, int present) {
        index = index.length < rows ? new long[rows] : index;
        for (int i = 0; i < rows; i++) {
            if (values.getCurrentDefinitionLevel() != present) {
                throw new RelaException(
                        ExitCode.HOME, file + " has a row without an index. Restore the table, or make it again.");
            }
            index[i] = values.getLong();
            if (i > 0 && index[i] <= index[i - 1]) {
                throw outOfOrder(file, index[i], index[i - 1]);
            }
            values.consume();
        }
    }

    /** What is wrong with a file in which an index follows another that is not smaller. */
    public static RelaException outOfOrder(Path file, long index, long before) {
        return new RelaException(
                ExitCode.HOME,
                file + " holds index " + index + " after " + before
                        + ": twice, or out of order. Restore the table, or make it again.");
    }

    private void readFloats(ColumnReader values, int present) {
        floats = floats.length < rows ? new float[rows] : floats;
        for (int i = 0; i < rows; i++) {
            floats[i] = values.getCurrentDefinitionLevel() == present ? values.getFloat() : Float.NaN;
            values.consume();
        }
    }

    private void readInts(ColumnReader values, int present) {
        ints = ints.length < rows ? new int[rows] : ints;
        for (int i = 0; i < rows; i++) {
            ints[i] = values.getCurrentDefinitionLevel() == present ? values.getInteger() : Integer.MIN_VALUE;
            values.consume();
        }
    }

    /** Rows of the group that was read. */
    public int rows() {
        return rows;
    }

    /** The index of a row of the group. */
    public long index(int row) {
        return index[row];
    }

    /** The first row of the group whose index is at least this; {@link #rows} where there is none. The indices ascend. */
    public int from(long first) {
        int found = Arrays.binarySearch(index, 0, rows, first);
        return found >= 0 ? found : -found - 1;
    }

    /** The float of a row of the group; NaN for null. */
    public float floatOf(int row) {
        return floats[row];
    }

    /** The int of a row of the group; the smallest int for null. */
    public int intOf(int row) {
        return ints[row];
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** The store wants converters, though nobody asks for records. */
    private static final class Nothing extends GroupConverter {
        @Override
        public Converter getConverter(int field) {
            return new PrimitiveConverter() {};
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
