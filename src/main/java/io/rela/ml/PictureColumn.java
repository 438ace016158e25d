package io.rela.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The column of encoded pictures: {@code binary}, or a struct as Hugging Face {@code datasets} writes it, with the
 * pictures in its field {@code bytes} and perhaps their names in {@code path}. Immutable; safe for threads.
 *
 * @param name of the column
 * @param position of the column in a row
 * @param bytes position of the field in the struct; null where the column is the picture itself
 * @param path position of the field in the struct; null where there is none
 */
record PictureColumn(String name, int position, Integer bytes, Integer path) implements Serializable {
    private static final byte[] NOTHING = {};

    /**
     * Finds the column.
     *
     * @throws IllegalArgumentException if it is missing or of another type
     */
    static PictureColumn in(StructType schema, String name) {
        int position = Arrays.asList(schema.fieldNames()).indexOf(name);
        if (position < 0) {
            throw new IllegalArgumentException("There is no column " + name + ", only "
                    + String.join(", ", schema.fieldNames()) + ": set inputCol to the column of encoded pictures.");
        }
        DataType type = schema.fields()[position].dataType();
        if (type.equals(DataTypes.BinaryType)) {
            return new PictureColumn(name, position, null, null);
        }
        Integer bytes = field(type, "bytes", DataTypes.BinaryType);
        if (bytes == null) {
            throw new IllegalArgumentException("Column " + name + " is of type " + type.simpleString()
                    + ": give encoded pictures, as binary or struct<bytes:binary,path:string>.");
        }
        return new PictureColumn(name, position, bytes, field(type, "path", DataTypes.StringType));
    }

    private static Integer field(DataType type, String name, DataType wanted) {
        if (!(type instanceof StructType struct)) {
            return null;
        }
        int position = Arrays.asList(struct.fieldNames()).indexOf(name);
        return position >= 0 && struct.fields()[position].dataType().equals(wanted) ? position : null;
    }

    /** A row's encoded picture; of length 0 where it is null. */
    byte[] encoded(Row row) {
        byte[] picture = null;
        if (bytes == null) {
            picture = row.getAs(position);
        } else if (!row.isNullAt(position)) {
            picture = row.getStruct(position).getAs(bytes);
        }
        return Objects.requireNonNullElse(picture, NOTHING);
    }

    /** What a person can find a row's picture by; empty where the column does not tell. */
    String named(Row row) {
        if (path == null || row.isNullAt(position) || row.getStruct(position).isNullAt(path)) {
            return "";
        }
        return row.getStruct(position).getString(path);
    }
}
