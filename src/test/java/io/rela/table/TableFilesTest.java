package io.rela.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.source.Sample;
import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFilesTest {
    private static final Configuration CONF = new Configuration();

    @TempDir
    java.nio.file.Path folder;

    @Test
    void featuresComeBackBitForBitAndByRange() throws IOException {
        Path file = file("features.parquet");
        try (TableWriter writer = new TableWriter(Tables.FEATURES, file, CONF)) {
            for (long index = 0; index < 5_000; index += 2) {
                writer.write(Tables.featureRow(index, new float[] {index, -0.0f, Float.MIN_VALUE, 1 / 3f}));
            }
            assertThat(writer.rows()).isEqualTo(2_500);
        }
        assertThat(read(new TableReader(Tables.FEATURES, file, CONF))).hasSize(2_500);
        List<Object[]> some = read(new TableReader(Tables.FEATURES, file, CONF, 1_001, 1_006));
        assertThat(some).extracting(row -> row[0]).containsExactly(1_002L, 1_004L);
        assertThat((float[]) some.get(0)[1]).containsExactly(1_002f, -0.0f, Float.MIN_VALUE, 1 / 3f);
    }

    @Test
    void sparkReadsTargetsAsTheContractNamesThem() throws IOException {
        Path file = file("targets/part.parquet");
        try (TableWriter writer = new TableWriter(Tables.TARGETS_WITH_IMAGES, file, CONF)) {
            Sample labeled = new Sample(0, "a/ü 1.jpg", "file:/a", 7L, 3, 4, "a");
            Sample bare = new Sample(2, "b.jpg", "file:/b", null, 0, null, null);
            writer.write(Tables.targetRow(
                    labeled,
                    new float[] {1, 2},
                    new EncodedImage("xyz".getBytes(StandardCharsets.UTF_8), labeled.id())));
            writer.write(Tables.targetRow(bare, new float[] {3, 4}, new EncodedImage(new byte[0], bare.id())));
        }
        List<Row> rows = LocalSpark.session()
                .read()
                .parquet(file.getParent().toString())
                .orderBy("index")
                .collectAsList();
        assertThat(rows.get(0).schema()).isEqualTo(Tables.TARGETS_WITH_IMAGES.spark());
        assertThat(rows.get(0).getString(1)).isEqualTo("a/ü 1.jpg");
        assertThat(rows.get(0).getInt(5)).isEqualTo(4);
        assertThat(rows.get(0).getList(7)).isEqualTo(List.of(1f, 2f));
        assertThat(rows.get(0).getStruct(8).<byte[]>getAs("bytes"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("xyz");
        assertThat(rows.get(1).isNullAt(3)).isTrue();
        assertThat(rows.get(1).isNullAt(5)).isTrue();
        assertThat(rows.get(1).getStruct(8).<String>getAs("path")).isEqualTo("b.jpg");
    }

    @Test
    void aRowGroupOfLargePicturesIsNoLargerThanOthers() throws IOException {
        Path file = file("large.parquet");
        byte[] picture = new byte[3 << 20];
        Random random = new Random(1);
        try (TableWriter writer = new TableWriter(Tables.TARGETS_WITH_IMAGES, file, CONF)) {
            for (long index = 0; index < 20; index++) {
                random.nextBytes(picture);
                Sample sample = new Sample(index, "a" + index, "file:/a", null, picture.length, null, null);
                writer.write(Tables.targetRow(sample, new float[] {1}, new EncodedImage(picture.clone(), sample.id())));
            }
        }
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, CONF))) {
            assertThat(reader.getRowGroups())
                    .hasSizeBetween(4, 7)
                    .allSatisfy(group -> assertThat(group.getTotalByteSize()).isLessThan(20L << 20));
        }
    }

    @Test
    void aMissingRequiredValueIsRefused() throws IOException {
        try (TableWriter writer = new TableWriter(Tables.REJECTS, file("r.parquet"), CONF)) {
            assertThatThrownBy(() -> writer.write(new Object[] {0L, "id", null, 1L, "corrupt", "x"}))
                    .hasMessageContaining("rejects.uri");
        }
    }

    private Path file(String name) {
        return new Path(folder.resolve(name).toString());
    }

    private static List<Object[]> read(TableReader reader) throws IOException {
        List<Object[]> rows = new ArrayList<>();
        try (reader) {
            for (Object[] row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
        }
        return rows;
    }
}
