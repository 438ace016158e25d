package io.rela.source;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a table of samples, and the only place where its rows are made and read. */
public final class SampleTable {
    public static final String INDEX = "index";
    public static final String ID = "id";
    public static final String URI = "uri";
    public static final String OFFSET = "offset";
    public static final String LENGTH = "length";
    public static final String LABEL = "label";
    public static final String LABEL_NAME = "label_name";

    /** All columns, in the order of the record {@link Sample}. */
    public static final StructType SCHEMA = new StructType()
            .add(INDEX, DataTypes.LongType, false)
            .add(ID, DataTypes.StringType, false)
            .add(URI, DataTypes.StringType, false)
            .add(OFFSET, DataTypes.LongType, true)
            .add(LENGTH, DataTypes.LongType, false)
            .add(LABEL, DataTypes.IntegerType, true)
            .add(LABEL_NAME, DataTypes.StringType, true);

    private SampleTable() {}

    /** A row of {@link #SCHEMA}. */
    public static Row toRow(Sample sample) {
        return RowFactory.create(
                sample.index(),
                sample.id(),
                sample.uri(),
                sample.offset(),
                sample.length(),
                sample.label(),
                sample.labelName());
    }

    /** The sample in a row that has at least the columns of {@link #SCHEMA}, by name, wherever they stand. */
    public static Sample fromRow(Row row) {
        return new Sample(
                row.<Long>getAs(INDEX),
                row.getAs(ID),
                row.getAs(URI),
                row.getAs(OFFSET),
                row.<Long>getAs(LENGTH),
                row.getAs(LABEL),
                row.getAs(LABEL_NAME));
    }
}
