package io.rela.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.source.Sample;
import io.rela.testing.PlainRows;
import org.junit.jupiter.api.Test;

class RowBytesTest {
    @Test
    void rowsComeBackFromWhereTheyBegin() {
        Sample labeled = new Sample(Long.MAX_VALUE, "a/ü 1.jpg", "file:/a", 7L, 3, 4, "ä");
        Sample bare = new Sample(0, "", "", null, 0, null, null);
        Object[][] rows = {
            Tables.targetRow(labeled, new float[] {1, -0.0f, Float.NaN}, new EncodedImage(new byte[] {-1, 0}, "ü")),
            Tables.targetRow(bare, new float[0], new EncodedImage(new byte[0], "")),
            Tables.targetRow(labeled, new float[10_000], new EncodedImage(new byte[100_000], "b"))
        };
        RowBytes bytes = new RowBytes(Tables.TARGETS_WITH_IMAGES);
        int[] starts = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            starts[i] = bytes.size();
            bytes.add(rows[i]);
        }

        byte[] all = bytes.toBytes();
        assertThat(all).hasSize(bytes.size());
        for (int i = rows.length - 1; i >= 0; i--) {
            assertThat(PlainRows.of(RowBytes.row(Tables.TARGETS_WITH_IMAGES, all, starts[i])))
                    .isEqualTo(PlainRows.of(rows[i]));
        }
    }

    @Test
    void numbersOfEveryTypeComeBack() {
        TableSchema schema = Tables.TRANSFERS;
        Object[] row = {1, 2, new float[] {3}, new float[] {4}, 0.1, 5L, 6L, -0.0, Double.MIN_VALUE, 1e300, -7L};
        RowBytes bytes = new RowBytes(schema);
        bytes.add(row);

        assertThat(PlainRows.of(RowBytes.row(schema, bytes.toBytes(), 0))).isEqualTo(PlainRows.of(row));
        Object[] loss = Tables.subsetRow(new Object[] {1L}, Float.NaN, 0.5f);
        RowBytes subset = new RowBytes(Tables.SUBSET_INDEX);
        subset.add(loss);
        assertThat(RowBytes.row(Tables.SUBSET_INDEX, subset.toBytes(), 0)).containsExactly(1L, null, 0.5f);
    }

    @Test
    void aValueThatHasToBeThereIsMissed() {
        RowBytes bytes = new RowBytes(Tables.CLUSTERS);
        assertThatThrownBy(() -> bytes.add(new Object[] {1L, null}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No value for cluster");
    }
}
