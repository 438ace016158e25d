package io.rela.table;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a table one behind the other as bytes: how they travel between tasks. A form of one version of this program, not for
 * storage. One thread.
 */
public final class RowBytes {
    private static final byte NONE = 0;
    private static final byte SOME = 1;

    private final List<Column> columns;
    private final Bytes bytes = new Bytes();

    /** @param schema of the rows */
    public RowBytes(TableSchema schema) {
        this.columns = schema.columns();
    }

    /** Appends a row. */
    public void add(Object[] row) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (column.nullable()) {
                bytes.write(row[i] == null ? NONE : SOME);
            }
            if (row[i] != null) {
                put(column.type(), row[i]);
            } else if (!column.nullable()) {
                throw new IllegalArgumentException("No value for " + column.name());
            }
        }
    }

    /** How many bytes the rows have that were added. */
    public int size() {
        return bytes.size();
    }

    /** The rows that were added; a copy. */
    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** The row that begins at a place of such bytes. */
    public static Object[] row(TableSchema schema, byte[] bytes, int from) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
        List<Column> columns = schema.columns();
        Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            if (!columns.get(i).nullable() || in.get() == SOME) {
                row[i] = get(columns.get(i).type(), in);
            }
        }
        return row;
    }

    private void put(Column.Type type, Object value) {
        switch (type) {
            case LONG -> bytes.room(Long.BYTES).putLong((Long) value);
            case INT -> bytes.room(Integer.BYTES).putInt((Integer) value);
            case FLOAT -> bytes.room(Float.BYTES).putFloat((Float) value);
            case DOUBLE -> bytes.room(Double.BYTES).putDouble((Double) value);
            case STRING -> put(((String) value).getBytes(StandardCharsets.UTF_8));
            case FLOATS -> {
                float[] floats = (float[]) value;
                bytes.room(Integer.BYTES).putInt(floats.length);
                bytes.room(Math.multiplyExact(floats.length, Float.BYTES))
                        .asFloatBuffer()
                        .put(floats);
            }
            case IMAGE -> {
                EncodedImage image = (EncodedImage) value;
                put(image.bytes());
                put(image.path().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void put(byte[] value) {
        bytes.room(Integer.BYTES).putInt(value.length);
        bytes.write(value, 0, value.length);
    }

    private static Object get(Column.Type type, ByteBuffer in) {
        return switch (type) {
            case LONG -> in.getLong();
            case INT -> in.getInt();
            case FLOAT -> in.getFloat();
            case DOUBLE -> in.getDouble();
            case STRING -> string(in);
            case FLOATS -> {
                float[] floats = new float[in.getInt()];
                in.asFloatBuffer().get(floats);
                in.position(in.position() + floats.length * Float.BYTES);
                yield floats;
            }
            case IMAGE -> {
                byte[] image = new byte[in.getInt()];
                in.get(image);
                yield new EncodedImage(image, string(in));
            }
        };
    }

    private static String string(ByteBuffer in) {
        byte[] text = new byte[in.getInt()];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static final class Bytes extends ByteArrayOutputStream {
        /** The next n bytes, which count as written. */
        ByteBuffer room(int n) {
            int end = Math.addExact(count, n);
            if (end > buf.length) {
                buf = Arrays.copyOf(buf, (int) Math.max(end, Math.min(Integer.MAX_VALUE - 8L, 2L * buf.length)));
            }
            ByteBuffer room = ByteBuffer.wrap(buf, count, n);
            count = end;
            return room;
        }
    }
}
