package io.rela.table;

import static io.rela.table.Column.Type.DOUBLE;
import static io.rela.table.Column.Type.FLOAT;
import static io.rela.table.Column.Type.FLOATS;
import static io.rela.table.Column.Type.IMAGE;
import static io.rela.table.Column.Type.INT;
import static io.rela.table.Column.Type.LONG;
import static io.rela.table.Column.Type.STRING;
import static io.rela.table.Column.optional;
import static io.rela.table.Column.required;

import io.rela.source.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every table of a dataset home: the one place where column names stand, and where rows are made and taken apart. */
public final class Tables {
    /** Names an epoch's folder, Hive-style. */
    public static final String EPOCH = "epoch=";

    public static final String INDEX = "index";
    public static final String ID = "id";
    public static final String URI = "uri";
    public static final String OFFSET = "offset";
    public static final String LENGTH = "length";
    public static final String LABEL = "label";
    public static final String LABEL_NAME = "label_name";
    public static final String FEATURE = "feature";
    public static final String TARGET = "target";
    public static final String REASON = "reason";
    public static final String DETAIL = "detail";
    public static final String IMAGE_COLUMN = "image";
    public static final String LOSS = "loss";
    public static final String WEIGHT = "weight";
    public static final String CLUSTER = "cluster";

    /** {@code features/}: index, feature. */
    public static final TableSchema FEATURES =
            new TableSchema("features", List.of(required(INDEX, LONG), required(FEATURE, FLOATS)));

    /** {@code rejects/}: index, id, uri, length, reason, detail. */
    public static final TableSchema REJECTS = new TableSchema(
            "rejects",
            List.of(
                    required(INDEX, LONG),
                    required(ID, STRING),
                    required(URI, STRING),
                    required(LENGTH, LONG),
                    required(REASON, STRING),
                    required(DETAIL, STRING)));

    /** A listing, which is no table of the home, and the first columns of {@link #TARGETS}. */
    public static final TableSchema SAMPLES = new TableSchema(
            "listing",
            List.of(
                    required(INDEX, LONG),
                    required(ID, STRING),
                    required(URI, STRING),
                    optional(OFFSET, LONG),
                    required(LENGTH, LONG),
                    optional(LABEL, INT),
                    optional(LABEL_NAME, STRING)));

    /** {@code targets/}: the sample's columns, then target. */
    public static final TableSchema TARGETS =
            new TableSchema("targets", with(SAMPLES.columns(), required(TARGET, FLOATS)));

    /** {@code targets/} with {@code --keep-images}: the same, then image. */
    public static final TableSchema TARGETS_WITH_IMAGES =
            new TableSchema("targets", with(TARGETS.columns(), optional(IMAGE_COLUMN, IMAGE)));

    /** Of the same, what scoring reads: the sample's columns, then image. */
    public static final TableSchema SAMPLES_WITH_IMAGES =
            new TableSchema("targets", with(SAMPLES.columns(), optional(IMAGE_COLUMN, IMAGE)));

    /** {@code losses/epoch=E}: index, loss. */
    public static final TableSchema LOSSES =
            new TableSchema("losses", List.of(required(INDEX, LONG), required(LOSS, FLOAT)));

    /** {@code clusters/}: index, cluster. */
    public static final TableSchema CLUSTERS =
            new TableSchema("clusters", List.of(required(INDEX, LONG), required(CLUSTER, INT)));

    /** {@code projection/}: one row. */
    public static final TableSchema PROJECTION = new TableSchema(
            "projection",
            List.of(
                    required("kind", STRING),
                    required("samples", LONG),
                    required("input_dimension", INT),
                    required("output_dimension", INT),
                    required("mean", FLOATS),
                    required("components", FLOATS),
                    required("scale", FLOATS),
                    required("explained_variance", FLOATS),
                    required("total_variance", DOUBLE),
                    required("zero_variance", INT),
                    required("seed", LONG),
                    required("other_dimension", INT)));

    /** {@code transfers/epoch=E}: one row. */
    public static final TableSchema TRANSFERS = new TableSchema(
            "transfers",
            List.of(
                    required("input_dimension", INT),
                    required("output_dimension", INT),
                    required("weights", FLOATS),
                    required("bias", FLOATS),
                    required("ridge", DOUBLE),
                    required("training_samples", LONG),
                    required("held_out_samples", LONG),
                    required("r2", DOUBLE),
                    required("explained_variance", DOUBLE),
                    required("mean_cosine", DOUBLE),
                    required("seed", LONG)));

    /** {@code subsets/epoch=E} with {@code --columns index}: index, loss, weight. */
    public static final TableSchema SUBSET_INDEX = subset(List.of(required(INDEX, LONG)));

    /** {@code subsets/epoch=E}: the columns of {@link #TARGETS}, then loss and weight. */
    public static final TableSchema SUBSET = subset(TARGETS.columns());

    /** {@code subsets/epoch=E} with {@code --columns images}: those of {@link #TARGETS_WITH_IMAGES}, then loss and weight. */
    public static final TableSchema SUBSET_WITH_IMAGES = subset(TARGETS_WITH_IMAGES.columns());

    /** About the bytes of ids and places of a sample. */
    private static final int SAMPLE_BYTES = 200;

    private Tables() {}

    /** The name of an epoch's part of a table, Hive-style. */
    public static String epoch(TableSchema table, int epoch) {
        return table.name() + "/" + EPOCH + epoch;
    }

    /** About the bytes of a row of {@link #TARGETS} before compression, with so many values. */
    public static long targetBytes(int values) {
        return SAMPLE_BYTES + (long) Float.BYTES * values;
    }

    /** A row of {@link #LOSSES}. */
    public static Object[] lossRow(long index, float loss) {
        return new Object[] {index, loss};
    }

    /** A row of {@link #CLUSTERS}. */
    public static Object[] clusterRow(long index, int cluster) {
        return new Object[] {index, cluster};
    }

    /**
     * A row of a subset.
     *
     * @param wide the row's other columns, in order
     * @param loss NaN for none
     */
    public static Object[] subsetRow(Object[] wide, float loss, float weight) {
        Object[] row = Arrays.copyOf(wide, wide.length + 2);
        row[wide.length] = Float.isNaN(loss) ? null : loss;
        row[wide.length + 1] = weight;
        return row;
    }

    /** The sample in a row that begins with the columns of {@link #SAMPLES}. */
    public static Sample sample(Object[] row) {
        return new Sample(
                (Long) row[0],
                (String) row[1],
                (String) row[2],
                (Long) row[3],
                (Long) row[4],
                (Integer) row[5],
                (String) row[6]);
    }

    /** The picture in a row of {@link #SAMPLES_WITH_IMAGES}. */
    public static EncodedImage image(Object[] row) {
        return (EncodedImage) row[SAMPLES.columns().size()];
    }

    /** The target in a row of {@link #TARGETS}. */
    public static float[] target(Object[] row) {
        return (float[]) row[SAMPLES.columns().size()];
    }

    private static TableSchema subset(List<Column> columns) {
        return new TableSchema("subsets", with(with(columns, optional(LOSS, FLOAT)), required(WEIGHT, FLOAT)));
    }

    /** A row of {@link #SAMPLES}. */
    public static Object[] sampleRow(Sample sample) {
        return new Object[] {
            sample.index(),
            sample.id(),
            sample.uri(),
            sample.offset(),
            sample.length(),
            sample.label(),
            sample.labelName()
        };
    }

    /** A row of {@link #FEATURES}. */
    public static Object[] featureRow(long index, float[] feature) {
        return new Object[] {index, feature};
    }

    /** A row of {@link #REJECTS}. */
    public static Object[] rejectRow(Sample sample, String reason, String detail) {
        return new Object[] {sample.index(), sample.id(), sample.uri(), sample.length(), reason, detail};
    }

    /** A row of {@link #TARGETS}, or of {@link #TARGETS_WITH_IMAGES} when there is an image. */
    public static Object[] targetRow(Sample sample, float[] target, EncodedImage imageOrNull) {
        Object[] row = Arrays.copyOf(sampleRow(sample), SAMPLES.columns().size() + (imageOrNull == null ? 1 : 2));
        row[7] = target;
        if (imageOrNull != null) {
            row[8] = imageOrNull;
        }
        return row;
    }

    private static List<Column> with(List<Column> columns, Column last) {
        List<Column> all = new ArrayList<>(columns);
        all.add(last);
        return List.copyOf(all);
    }
}
