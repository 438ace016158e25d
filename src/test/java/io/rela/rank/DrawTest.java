package io.rela.rank;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.testing.LocalSpark;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawTest {
    @ParameterizedTest
    @CsvSource({
        "0, uniform, 0",
        "-1, importance, 7",
        "9223372036854775807, cyclic, 1000000",
        "42, '', 3",
        "-9000000000, a name of more than thirty-two bytes with ünïcödé, 2"
    })
    void equalsSparksXxhash64(long seed, String name, long number) {
        Draw draw = new Draw(seed, name, number);

        List<Row> rows = LocalSpark.session()
                .range(-3, 20)
                .selectExpr(
                        "id * 1000000007 * 1000003 AS index",
                        "xxhash64(CAST(%dL AS BIGINT), '%s', %dL, id * 1000000007 * 1000003)"
                                .formatted(seed, name, number))
                .collectAsList();

        assertThat(rows).hasSize(23);
        for (Row row : rows) {
            assertThat(draw.bits(row.getLong(0))).isEqualTo(row.getLong(1));
        }
    }

    @Test
    void unitAndOpenAreTheUpperBits() {
        Draw draw = new Draw(1, "x", 2);
        for (long i = 0; i < 1_000; i++) {
            double upper = Math.floor(Math.scalb(unsigned(draw.bits(i)), 0) / 2048);
            assertThat(draw.unit(i)).isBetween(0.0, Math.nextDown(1.0));
            assertThat(draw.open(i)).isGreaterThan(0.0).isLessThan(1.0);
            assertThat(Math.abs(Math.scalb(draw.unit(i), 53) - upper)).isLessThanOrEqualTo(1);
            assertThat(Math.scalb(draw.unit(i), 53)).isEqualTo((double) (draw.bits(i) >>> 11));
        }
    }

    private static double unsigned(long bits) {
        return new java.math.BigInteger(Long.toUnsignedString(bits)).doubleValue();
    }
}
