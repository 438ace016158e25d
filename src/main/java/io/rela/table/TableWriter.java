package io.rela.table;

import io.rela.storage.FileSystems;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Writes rows of one table into one Parquet file, zstd; floats plainly, since a dictionary makes them 3 to 17% larger, and
 * byte-stream split, which would save 5 to 9%, is not read by Spark 3.5. One task's thread. The file is whole only after {@link #close};
 * whoever opened it decides afterwards whether it counts.
 */
public final class TableWriter implements AutoCloseable {
    /** Small enough to be read at random, large enough to scan: a reader holds one row group. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    private final ParquetWriter<Object[]> writer;
    /** As messages name it. */
    private final String name;

    private final boolean indexed;
    /** Null for a file that is written where it shows. */
    private final UploadOutput upload;

    /** Takes a note of the upload; null likewise. */
    private final Path notes;

    private final Configuration conf;
    private long rows;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    /**
     * Writes the file where it shows.
     *
     * @throws StorageException when storage takes nothing, here as in all that follows; of Hadoop's local file system
     *     {@link org.apache.hadoop.fs.FSError}
     */
    public TableWriter(TableSchema schema, Path file, Configuration conf) throws IOException {
        this(schema, output(file, conf), null, null, conf);
    }

    /** Uploads the file, and notes in a folder what completes the upload. */
    TableWriter(TableSchema schema, UploadOutput upload, Path notes, Configuration conf) throws IOException {
        this(schema, upload, upload, notes, conf);
    }

    private static OutputFile output(Path file, Configuration conf) throws IOException {
        try {
            return HadoopOutputFile.fromPath(file, conf);
        } catch (IOException e) {
            throw StorageException.ofWriting(file.toString(), e);
        }
    }

    private TableWriter(TableSchema schema, OutputFile file, UploadOutput upload, Path notes, Configuration conf)
            throws IOException {
        this.name = file.getPath();
        this.upload = upload;
        this.notes = notes;
        this.conf = conf;
        this.indexed = schema.columns().get(0).name().equals(Tables.INDEX);
        Builder builder = new Builder(file, new RowWriteSupport(schema))
                .withConf(conf)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupSize(ROW_GROUP_BYTES)
                // By itself Parquet first looks at the 100th row: of large pictures, hundreds of megabytes.
                .withMinRowCountForPageSizeCheck(1)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE);
        for (Column column : schema.columns()) {
            if (column.type() == Column.Type.FLOATS) {
                builder = builder.withDictionaryEncoding(column.name() + ".list.element", false);
            }
        }
        try {
            writer = builder.build();
        } catch (IOException e) {
            throw StorageException.ofWriting(name, e);
        }
    }

    /** Appends one row, whose values stand in the schema's order. */
    public void write(Object[] row) throws IOException {
        try {
            writer.write(row);
        } catch (IOException e) {
            throw StorageException.ofWriting(name, e);
        }
        rows++;
        if (indexed) {
            first = Math.min(first, (Long) row[0]);
            last = Math.max(last, (Long) row[0]);
        }
    }

    /** Rows written so far. */
    public long rows() {
        return rows;
    }

    @Override
    public void close() throws IOException {
        try {
            complete();
        } catch (IOException e) {
            throw StorageException.ofWriting(name, e);
        }
    }

    private void complete() throws IOException {
        if (upload == null) {
            writer.close();
            return;
        }
        try {
            writer.close();
            boolean ranged = indexed && rows > 0;
            new PendingFile(
                            upload.file().toString(),
                            notes.toString(),
                            upload.handle(),
                            upload.bytes(),
                            rows,
                            ranged ? (Long) first : null,
                            ranged ? (Long) last : null)
                    .note(FileSystems.of(notes, conf));
        } catch (IOException | RuntimeException e) {
            upload.abort();
            throw e;
        }
    }

    private static final class Builder extends ParquetWriter.Builder<Object[], Builder> {
        private final RowWriteSupport support;

        Builder(OutputFile file, RowWriteSupport support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<Object[]> getWriteSupport(Configuration conf) {
            return support;
        }
    }

    private static final class RowWriteSupport extends WriteSupport<Object[]> {
        private final TableSchema schema;
        private final List<Column> columns;
        private RecordConsumer out;

        RowWriteSupport(TableSchema schema) {
            this.schema = schema;
            this.columns = schema.columns();
        }

        @Override
        public WriteContext init(Configuration configuration) {
            return new WriteContext(schema.parquet(), new HashMap<>());
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
            out = consumer;
        }

        @Override
        public void write(Object[] row) {
            out.startMessage();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                if (row[i] != null) {
                    out.startField(column.name(), i);
                    value(column.type(), row[i]);
                    out.endField(column.name(), i);
                } else if (!column.nullable()) {
                    throw new IllegalArgumentException("No value for " + schema.name() + "." + column.name());
                }
            }
            out.endMessage();
        }

        private void value(Column.Type type, Object value) {
            switch (type) {
                case LONG -> out.addLong((Long) value);
                case INT -> out.addInteger((Integer) value);
                case FLOAT -> out.addFloat((Float) value);
                case DOUBLE -> out.addDouble((Double) value);
                case STRING -> out.addBinary(Binary.fromString((String) value));
                case FLOATS -> floats((float[]) value);
                case IMAGE -> image((EncodedImage) value);
            }
        }

        private void floats(float[] values) {
            out.startGroup();
            if (values.length > 0) {
                out.startField("list", 0);
                for (float value : values) {
                    out.startGroup();
                    out.startField("element", 0);
                    out.addFloat(value);
                    out.endField("element", 0);
                    out.endGroup();
                }
                out.endField("list", 0);
            }
            out.endGroup();
        }

        private void image(EncodedImage image) {
            out.startGroup();
            out.startField("bytes", 0);
            out.addBinary(Binary.fromConstantByteArray(image.bytes()));
            out.endField("bytes", 0);
            out.startField("path", 1);
            out.addBinary(Binary.fromString(image.path()));
            out.endField("path", 1);
            out.endGroup();
        }
    }
}
