package io.rela.table;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.Operators.LongColumn;
import org.apache.parquet.filter2.predicate.Statistics;
import org.apache.parquet.filter2.predicate.UserDefinedPredicate;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/**
 * Reads rows of one Parquet file of a table in the file's order, floats without boxing. One task's thread.
 */
public final class TableReader implements AutoCloseable {
    private final ParquetReader<Object[]> reader;

    /** All rows of the file. */
    public TableReader(TableSchema schema, Path file, Configuration conf) throws IOException {
        this(schema, file, conf, FilterCompat.NOOP);
    }

    /** The rows whose index is in [first, end); other row groups and pages are not read. */
    public TableReader(TableSchema schema, Path file, Configuration conf, long first, long end) throws IOException {
        this(schema, file, conf, FilterCompat.get(indexIn(first, end)));
    }

    /** The rows whose index is one of these, ascending; row groups and pages that hold none are not read. */
    public TableReader(TableSchema schema, Path file, Configuration conf, long[] indices) throws IOException {
        this(
                schema,
                file,
                conf,
                FilterCompat.get(FilterApi.userDefined(FilterApi.longColumn(Tables.INDEX), new OneOf(indices))));
    }

    private TableReader(TableSchema schema, Path file, Configuration conf, FilterCompat.Filter filter)
            throws IOException {
        reader = ParquetReader.builder(new RowReadSupport(schema, file), file)
                .withConf(conf)
                .withFilter(filter)
                .build();
    }

    /** The next row, or null after the last; its values stand in the schema's order and belong to the caller. */
    public Object[] next() throws IOException {
        return reader.read();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static org.apache.parquet.filter2.predicate.FilterPredicate indexIn(long first, long end) {
        LongColumn index = FilterApi.longColumn(Tables.INDEX);
        return FilterApi.and(FilterApi.gtEq(index, first), FilterApi.lt(index, end));
    }

    private static final class RowReadSupport extends ReadSupport<Object[]> {
        private final TableSchema schema;
        private final String file;

        RowReadSupport(TableSchema schema, Path file) {
            this.schema = schema;
            this.file = file.toString();
        }

        @Override
        public ReadContext init(InitContext context) {
            return new ReadContext(schema.in(context.getFileSchema(), file));
        }

        @Override
        public RecordMaterializer<Object[]> prepareForRead(
                Configuration configuration,
                Map<String, String> keyValueMetaData,
                MessageType fileSchema,
                ReadContext context) {
            return new RowMaterializer(schema.columns());
        }
    }

    private static final class RowMaterializer extends RecordMaterializer<Object[]> {
        private final RowConverter root;

        RowMaterializer(List<Column> columns) {
            root = new RowConverter(columns);
        }

        @Override
        public Object[] getCurrentRecord() {
            return root.row;
        }

        @Override
        public GroupConverter getRootConverter() {
            return root;
        }
    }

    private static final class RowConverter extends GroupConverter {
        private final Converter[] converters;
        private Object[] row;

        RowConverter(List<Column> columns) {
            converters = new Converter[columns.size()];
            for (int i = 0; i < converters.length; i++) {
                converters[i] = switch (columns.get(i).type()) {
                    case FLOATS -> new FloatsConverter(this, i);
                    case IMAGE -> new ImageConverter(this, i);
                    default -> new ScalarConverter(this, i);
                };
            }
        }

        @Override
        public Converter getConverter(int field) {
            return converters[field];
        }

        @Override
        public void start() {
            row = new Object[converters.length];
        }

        @Override
        public void end() {}
    }

    private static final class ScalarConverter extends PrimitiveConverter {
        private final RowConverter parent;
        private final int field;

        ScalarConverter(RowConverter parent, int field) {
            this.parent = parent;
            this.field = field;
        }

        @Override
        public void addLong(long value) {
            parent.row[field] = value;
        }

        @Override
        public void addInt(int value) {
            parent.row[field] = value;
        }

        @Override
        public void addFloat(float value) {
            parent.row[field] = value;
        }

        @Override
        public void addDouble(double value) {
            parent.row[field] = value;
        }

        @Override
        public void addBinary(Binary value) {
            parent.row[field] = value.toStringUsingUTF8();
        }
    }

    private static final class OneOf extends UserDefinedPredicate<Long> implements Serializable {
        private static final long serialVersionUID = 1L;

        private final long[] sorted;

        OneOf(long[] sorted) {
            this.sorted = sorted;
        }

        @Override
        public boolean keep(Long index) {
            return Arrays.binarySearch(sorted, index) >= 0;
        }

        @Override
        public boolean canDrop(Statistics<Long> statistics) {
            int first = Arrays.binarySearch(sorted, statistics.getMin());
            int from = first >= 0 ? first : -first - 1;
            return from == sorted.length || sorted[from] > statistics.getMax();
        }

        @Override
        public boolean inverseCanDrop(Statistics<Long> statistics) {
            return false;
        }
    }

    private static final class ImageConverter extends GroupConverter {
        private final RowConverter parent;
        private final int field;
        private byte[] bytes;
        private String path;
        private final Converter[] parts = {
            new PrimitiveConverter() {
                @Override
                public void addBinary(Binary value) {
                    bytes = value.getBytes();
                }
            },
            new PrimitiveConverter() {
                @Override
                public void addBinary(Binary value) {
                    path = value.toStringUsingUTF8();
                }
            }
        };

        ImageConverter(RowConverter parent, int field) {
            this.parent = parent;
            this.field = field;
        }

        @Override
        public Converter getConverter(int part) {
            return parts[part];
        }

        @Override
        public void start() {}

        @Override
        public void end() {
            parent.row[field] = new EncodedImage(bytes, path);
        }
    }

    /** The list, its repeated group and its element in one: the group only passes the element through. */
    private static final class FloatsConverter extends GroupConverter {
        private final RowConverter parent;
        private final int field;
        private final GroupConverter list;
        private float[] values = new float[64];
        private int count;

        FloatsConverter(RowConverter parent, int field) {
            this.parent = parent;
            this.field = field;
            PrimitiveConverter element = new PrimitiveConverter() {
                @Override
                public void addFloat(float value) {
                    if (count == values.length) {
                        values = Arrays.copyOf(values, 2 * count);
                    }
                    values[count++] = value;
                }
            };
            list = new GroupConverter() {
                @Override
                public Converter getConverter(int index) {
                    return element;
                }

                @Override
                public void start() {}

                @Override
                public void end() {}
            };
        }

        @Override
        public Converter getConverter(int index) {
            return list;
        }

        @Override
        public void start() {
            count = 0;
        }

        @Override
        public void end() {
            parent.row[field] = Arrays.copyOf(values, count);
        }
    }
}
