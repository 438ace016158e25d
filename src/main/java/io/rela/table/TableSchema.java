package io.rela.table;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table's name and columns, in order, with their form in Parquet and in Spark. A row is an {@code Object[]} of the
 * columns' Java types in this order. Immutable.
 *
 * @param name the folder below the home
 * @param columns at least one
 */
public record TableSchema(String name, List<Column> columns) {
    /** The same table with some of its columns, for reading. */
    public TableSchema only(String... names) {
        return new TableSchema(
                name,
                Arrays.stream(names)
                        .map(wanted -> columns.stream()
                                .filter(column -> column.name().equals(wanted))
                                .findFirst()
                                .orElseThrow())
                        .toList());
    }

    /** The schema that the files carry: lists in the three-level form, elements required. */
    public MessageType parquet() {
        List<Type> fields = new ArrayList<>();
        for (Column column : columns) {
            fields.add(parquetField(column));
        }
        return new MessageType("rela", fields);
    }

    /**
     * The part of a file's schema that holds these columns. Another program that wrote the table anew may have made fields
     * optional or named the parts of lists otherwise; values and their nesting are as here.
     *
     * @throws RelaException when a column is not there, or of another type
     */
    MessageType in(MessageType file, String path) {
        List<Type> fields = new ArrayList<>();
        for (Column column : columns) {
            Type ours = parquetField(column);
            Type theirs = file.containsField(column.name()) ? file.getType(column.name()) : null;
            if (theirs == null || !leaves(theirs).equals(leaves(ours))) {
                throw new RelaException(
                        ExitCode.HOME,
                        path + (theirs == null ? " has no column " : " has another type of column ") + column.name()
                                + ". Restore the table, or make it again.");
            }
            fields.add(theirs);
        }
        return new MessageType(file.getName(), fields);
    }

    /** The types of the values below a field, and how deep each lies. */
    private static List<String> leaves(Type field) {
        return new MessageType("field", field)
                .getColumns().stream()
                        .map(leaf -> leaf.getPrimitiveType().getPrimitiveTypeName() + " " + leaf.getPath().length)
                        .toList();
    }

    /** The schema that Spark's reader shows for these files: it makes all that comes from files nullable. */
    public StructType spark() {
        StructType type = new StructType();
        for (Column column : columns) {
            type = type.add(new StructField(
                    column.name(), sparkType(column.type()), true, org.apache.spark.sql.types.Metadata.empty()));
        }
        return type;
    }

    private static Type parquetField(Column column) {
        Type.Repetition repetition = column.nullable() ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
        return switch (column.type()) {
            case LONG -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(column.name());
            case INT -> Types.primitive(PrimitiveTypeName.INT32, repetition).named(column.name());
            case FLOAT -> Types.primitive(PrimitiveTypeName.FLOAT, repetition).named(column.name());
            case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(column.name());
            case STRING ->
                Types.primitive(PrimitiveTypeName.BINARY, repetition)
                        .as(LogicalTypeAnnotation.stringType())
                        .named(column.name());
            case FLOATS ->
                Types.list(repetition).requiredElement(PrimitiveTypeName.FLOAT).named(column.name());
            case IMAGE ->
                Types.buildGroup(repetition)
                        .optional(PrimitiveTypeName.BINARY)
                        .named("bytes")
                        .optional(PrimitiveTypeName.BINARY)
                        .as(LogicalTypeAnnotation.stringType())
                        .named("path")
                        .named(column.name());
        };
    }

    private static DataType sparkType(Column.Type type) {
        return switch (type) {
            case LONG -> DataTypes.LongType;
            case INT -> DataTypes.IntegerType;
            case FLOAT -> DataTypes.FloatType;
            case DOUBLE -> DataTypes.DoubleType;
            case STRING -> DataTypes.StringType;
            case FLOATS -> DataTypes.createArrayType(DataTypes.FloatType, true);
            case IMAGE -> new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
        };
    }
}
