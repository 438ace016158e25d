package io.rela.source;

import io.rela.Flag;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** An open Parquet file, of which some columns are read. One thread. */
final class ParquetFile implements Closeable {
    private final String uri;
    private final ParquetFileReader reader;
    private final MessageType schema;
    private MessageType requested;

    ParquetFile(String uri, Configuration configuration) throws IOException {
        this.uri = uri;
        this.reader = open(uri, configuration);
        this.schema = reader.getFooter().getFileMetaData().getSchema();
        this.requested = schema;
    }

    // parquet-mr says RuntimeException, without a type of its own, of a file that is no Parquet.
    private static ParquetFileReader open(String uri, Configuration configuration) throws IOException {
        try {
            return ParquetFileReader.open(HadoopInputFile.fromPath(new Path(uri), configuration));
        } catch (RuntimeException e) {
            throw damaged(uri, e);
        }
    }

    /**
     * Of a file whose bytes do not make sense.
     *
     * @throws IOException the cause, where it is that storage failed
     */
    static SourceException damaged(String uri, RuntimeException cause) throws IOException {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof IOException storage) {
                throw storage;
            }
        }
        return new SourceException(
                "The Parquet file '" + uri + "' is damaged or cut short: " + cause.getMessage() + ". Write it again");
    }

    Map<String, String> metadata() {
        return reader.getFooter().getFileMetaData().getKeyValueMetaData();
    }

    List<BlockMetaData> rowGroups() {
        return reader.getRowGroups();
    }

    /** A column by name, or null. */
    Type column(String name) {
        return schema.containsField(name) ? schema.getType(name) : null;
    }

    /** The pictures' column and, for a struct, the field in it. */
    String[] picturePath(String name) {
        Type column = column(name);
        if (column == null) {
            throw new SourceException("The Parquet file '" + uri + "' has no column '" + name + "', only "
                    + String.join(", ", columnNames()) + ": name the one with the pictures with " + Flag.IMAGE_COLUMN);
        }
        if (isBinary(column)) {
            return new String[] {name};
        }
        if (isStruct(column) && hasBinary(column.asGroupType(), "bytes")) {
            return new String[] {name, "bytes"};
        }
        throw new SourceException("The column '" + name + "' of the Parquet file '" + uri + "' is " + describe(column)
                + ": the pictures must be binary or struct<bytes:binary,path:string>; name another column with"
                + " " + Flag.IMAGE_COLUMN);
    }

    List<String> columnNames() {
        return schema.getFields().stream().map(Type::getName).toList();
    }

    static boolean isStruct(Type type) {
        return !type.isPrimitive()
                && !type.isRepetition(Type.Repetition.REPEATED)
                && type.getLogicalTypeAnnotation() == null;
    }

    static boolean isText(Type type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return isPrimitive(type, PrimitiveTypeName.BINARY)
                && (logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                        || logical instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation);
    }

    static boolean isWhole(Type type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return (isPrimitive(type, PrimitiveTypeName.INT32) || isPrimitive(type, PrimitiveTypeName.INT64))
                && (logical == null || logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation);
    }

    static String describe(Type type) {
        if (!type.isPrimitive()) {
            return type.getLogicalTypeAnnotation() == null
                    ? "struct<" + String.join(",", fieldNames(type.asGroupType())) + ">"
                    : type.getLogicalTypeAnnotation().toString();
        }
        PrimitiveType primitive = type.asPrimitiveType();
        return type.getLogicalTypeAnnotation() == null
                ? primitive.getPrimitiveTypeName().name()
                : type.getLogicalTypeAnnotation().toString();
    }

    private static List<String> fieldNames(GroupType group) {
        return group.getFields().stream().map(Type::getName).toList();
    }

    private static boolean isBinary(Type type) {
        return isPrimitive(type, PrimitiveTypeName.BINARY) && type.getLogicalTypeAnnotation() == null;
    }

    private static boolean hasBinary(GroupType group, String field) {
        return group.containsField(field) && isBinary(group.getType(field));
    }

    private static boolean isPrimitive(Type type, PrimitiveTypeName name) {
        return type.isPrimitive()
                && !type.isRepetition(Type.Repetition.REPEATED)
                && type.asPrimitiveType().getPrimitiveTypeName() == name;
    }

    /** From now on only these columns are read. */
    void project(List<String[]> paths) {
        Map<String, List<Type>> fields = new LinkedHashMap<>();
        for (String[] path : paths) {
            List<Type> inner = fields.computeIfAbsent(path[0], name -> new ArrayList<>());
            if (path.length == 2) {
                inner.add(schema.getType(path));
            }
        }
        List<Type> wanted = new ArrayList<>();
        fields.forEach((name, inner) -> {
            Type type = schema.getType(name);
            wanted.add(inner.isEmpty() ? type : type.asGroupType().withNewFields(inner));
        });
        requested = new MessageType(schema.getName(), wanted);
        reader.setRequestedSchema(requested);
    }

    /** Reads a row group's projected columns; each call starts at its first row. */
    Cursors rowGroup(int group) throws IOException {
        PageReadStore pages = reader.readRowGroup(group);
        return new Cursors(
                new ColumnReadStoreImpl(
                        pages,
                        Unused.INSTANCE,
                        requested,
                        reader.getFooter().getFileMetaData().getCreatedBy()),
                requested);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** The columns of one row group. */
    record Cursors(ColumnReadStoreImpl store, MessageType requested) {
        Cursor of(String[] path) {
            ColumnDescriptor column = requested.getColumnDescription(path);
            return new Cursor(store.getColumnReader(column), column);
        }
    }

    /** Walks down one column that is not repeated: first {@link #isNull()} or a value, then {@link #next()}. */
    static final class Cursor {
        private final ColumnReader reader;
        private final int definition;
        private final PrimitiveTypeName type;

        private Cursor(ColumnReader reader, ColumnDescriptor column) {
            this.reader = reader;
            this.definition = column.getMaxDefinitionLevel();
            this.type = column.getPrimitiveType().getPrimitiveTypeName();
        }

        boolean isNull() {
            return reader.getCurrentDefinitionLevel() < definition;
        }

        /** Length in bytes of a binary value, 0 for null. */
        int length() {
            return isNull() ? 0 : reader.getBinary().length();
        }

        /** A binary value, an empty array for null. */
        byte[] bytes() {
            return isNull() ? new byte[0] : reader.getBinary().getBytes();
        }

        /** A text or whole number as text, null for null. */
        String text() {
            if (isNull()) {
                return null;
            }
            return type == PrimitiveTypeName.BINARY ? reader.getBinary().toStringUsingUTF8() : Long.toString(whole());
        }

        /** A whole number that is not null. */
        long whole() {
            return type == PrimitiveTypeName.INT32 ? reader.getInteger() : reader.getLong();
        }

        void next() {
            reader.consume();
        }

        /** Passes a value by without decoding it. */
        void skip() {
            if (!isNull()) {
                reader.skip();
            }
            reader.consume();
        }
    }

    // ColumnReadStoreImpl asks for converters, which only whole records need.
    private static final class Unused extends GroupConverter {
        static final Unused INSTANCE = new Unused();

        @Override
        public Converter getConverter(int fieldIndex) {
            return new Leaf();
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }

    private static final class Leaf extends PrimitiveConverter {
        @Override
        public GroupConverter asGroupConverter() {
            return Unused.INSTANCE;
        }
    }
}
