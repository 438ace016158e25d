package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.rank.Population;
import io.rela.table.IndexRange;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are read side by side, none of which has a row for every sample. */
class ScoreFilesTest {
    private static final Configuration CONF = new Configuration();
    private static final TableSchema SAMPLES = Tables.TARGETS.only(Tables.INDEX, Tables.LABEL);

    private record Row(long index, float loss, float reference, int label) {}

    @TempDir
    java.nio.file.Path folder;

    private RangedFiles samples;
    private RangedFiles losses;
    private RangedFiles references;

    @BeforeEach
    void writeTables() throws IOException {
        samples = table(SAMPLES, row(0, 5), row(2, null), row(3, 5), row(9, 6));
        losses = table(Tables.LOSSES, row(0, 0.5f), row(1, 0.25f), row(9, 2f));
        references = RangedFiles.of(List.of(
                table(Tables.LOSSES, row(2, 1f), row(3, -1f)).files().get(0),
                table(Tables.LOSSES, row(8, 7f), row(9, 4f), row(11, 3f))
                        .files()
                        .get(0)));
    }

    @Test
    void aSampleHasTheLossAndTheReferenceLossOfItsIndex() throws IOException {
        assertThat(rows(new ScoreFiles(samples, Optional.of(losses), Optional.of(references), Optional.empty())))
                .containsExactly(
                        new Row(0, 0.5f, Float.NaN, 5),
                        new Row(2, Float.NaN, 1, Population.NO_CLASS),
                        new Row(3, Float.NaN, -1, 5),
                        new Row(9, 2, 4, 6));
    }

    @Test
    void tablesThatNobodyAskedForAreNotThere() throws IOException {
        assertThat(rows(new ScoreFiles(samples, Optional.empty(), Optional.of(references), Optional.empty())))
                .extracting(Row::loss)
                .containsOnly(Float.NaN);
        assertThat(rows(new ScoreFiles(samples, Optional.of(losses), Optional.empty(), Optional.empty())))
                .extracting(Row::reference)
                .containsOnly(Float.NaN);
    }

    private static List<Row> rows(ScoreFiles files) throws IOException {
        List<Row> all = new ArrayList<>();
        for (IndexRange range : files.range().split(3)) {
            files.scan(range, CONF, (index, loss, reference, label) -> all.add(new Row(index, loss, reference, label)));
        }
        List<Row> whole = new ArrayList<>();
        files.scan(
                files.range(),
                CONF,
                (index, loss, reference, label) -> whole.add(new Row(index, loss, reference, label)));
        assertThat(all).as("in three ranges").isEqualTo(whole);
        return whole;
    }

    private static Object[] row(Object... values) {
        values[0] = ((Number) values[0]).longValue();
        return values;
    }

    private RangedFiles table(TableSchema schema, Object[]... rows) throws IOException {
        Path file = new Path(folder.toString(), schema.name() + rows[0][0] + ".parquet");
        try (TableWriter writer = new TableWriter(schema, file, CONF)) {
            for (Object[] row : rows) {
                writer.write(row);
            }
        }
        NumberReader.Footer footer = NumberReader.footer(file, true, CONF);
        return RangedFiles.of(List.of(new RangedFiles.File(file.toString(), footer.range(), footer.rows())));
    }
}
