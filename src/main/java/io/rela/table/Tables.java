package io.rela.table;

import static io.rela.table.Column.Type.FLOATS;
import static io.rela.table.Column.Type.IMAGE;
import static io.rela.table.Column.Type.INT;
import static io.rela.table.Column.Type.LONG;
import static io.rela.table.Column.Type.STRING;
import static io.rela.table.Column.optional;
import static io.rela.table.Column.required;

import io.rela.source.Sample;
import io.rela.source.SampleTable;
import java.util.ArrayList;
import java.util.List;

/** Every table of a dataset home: the one place where column names stand, and where rows are made and taken apart. */
public final class Tables {
    public static final String INDEX = SampleTable.INDEX;
    public static final String ID = SampleTable.ID;
    public static final String URI = SampleTable.URI;
    public static final String OFFSET = SampleTable.OFFSET;
    public static final String LENGTH = SampleTable.LENGTH;
    public static final String LABEL = SampleTable.LABEL;
    public static final String LABEL_NAME = SampleTable.LABEL_NAME;
    public static final String FEATURE = "feature";
    public static final String TARGET = "target";
    public static final String REASON = "reason";
    public static final String DETAIL = "detail";
    public static final String IMAGE_COLUMN = "image";

    /** {@code features/}: index, feature. */
    public static final TableSchema FEATURES =
            new TableSchema("features", List.of(required(INDEX, LONG), required(FEATURE, FLOATS)));

    /** {@code rejects/}: id, uri, length, reason, detail. */
    public static final TableSchema REJECTS = new TableSchema(
            "rejects",
            List.of(
                    required(ID, STRING),
                    required(URI, STRING),
                    required(LENGTH, LONG),
                    required(REASON, STRING),
                    required(DETAIL, STRING)));

    private static final List<Column> SAMPLE = List.of(
            required(INDEX, LONG),
            required(ID, STRING),
            required(URI, STRING),
            optional(OFFSET, LONG),
            required(LENGTH, LONG),
            optional(LABEL, INT),
            optional(LABEL_NAME, STRING));

    /** {@code targets/}: the sample's columns, then target. */
    public static final TableSchema TARGETS = new TableSchema("targets", with(SAMPLE, required(TARGET, FLOATS)));

    /** {@code targets/} with {@code --keep-images}: the same, then image. */
    public static final TableSchema TARGETS_WITH_IMAGES =
            new TableSchema("targets", with(TARGETS.columns(), required(IMAGE_COLUMN, IMAGE)));

    private Tables() {}

    /** A row of {@link #FEATURES}. */
    public static Object[] featureRow(long index, float[] feature) {
        return new Object[] {index, feature};
    }

    /** A row of {@link #REJECTS}. */
    public static Object[] rejectRow(Sample sample, String reason, String detail) {
        return new Object[] {sample.id(), sample.uri(), sample.length(), reason, detail};
    }

    /** A row of {@link #TARGETS}, or of {@link #TARGETS_WITH_IMAGES} when there is an image. */
    public static Object[] targetRow(Sample sample, float[] target, EncodedImage imageOrNull) {
        Object[] row = new Object[imageOrNull == null ? SAMPLE.size() + 1 : SAMPLE.size() + 2];
        row[0] = sample.index();
        row[1] = sample.id();
        row[2] = sample.uri();
        row[3] = sample.offset();
        row[4] = sample.length();
        row[5] = sample.label();
        row[6] = sample.labelName();
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
