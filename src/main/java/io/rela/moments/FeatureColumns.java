package io.rela.moments;

import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What the columns of a table of features must be. */
public final class FeatureColumns {
    private FeatureColumns() {}

    public static void requireLong(StructType schema, String name) {
        require(schema, name, DataTypes.LongType.equals(type(schema, name)), "long");
    }

    static void requireFloats(StructType schema, String name) {
        require(schema, name, isFloats(type(schema, name)), "array<float>");
    }

    public static void requireFeature(StructType schema, String name) {
        DataType type = type(schema, name);
        require(schema, name, isFloats(type) || isVector(type), "array<float> or an ML vector");
    }

    public static boolean isVector(DataType type) {
        return type.equals(SQLDataTypes.VectorType());
    }

    public static DataType type(StructType schema, String name) {
        if (!Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException(
                    "There is no column " + name + ", only " + String.join(", ", schema.fieldNames()) + ".");
        }
        return schema.apply(name).dataType();
    }

    private static boolean isFloats(DataType type) {
        return type instanceof ArrayType array && array.elementType().equals(DataTypes.FloatType);
    }

    private static void require(StructType schema, String name, boolean fits, String wanted) {
        if (!fits) {
            throw new IllegalArgumentException(
                    "Column " + name + " is of type " + type(schema, name).simpleString() + ": give " + wanted + ".");
        }
    }
}
