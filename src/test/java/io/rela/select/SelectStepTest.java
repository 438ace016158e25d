package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.RelaException;
import io.rela.rank.Draw;
import io.rela.source.Sample;
import io.rela.table.EncodedImage;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableReader;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.LocalSpark;
import io.rela.testing.PlainRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half of 6,000 samples, of twelve files, every seventh sample of which is a reject. */
class SelectStepTest {
    private static final int SAMPLES = 6_000;
    private static final int FILES = 12;
    private static final double RATIO = 0.5;
    /** As if rows were so large that many files are written. */
    private static final int LARGE = 1 << 20;

    private static final Configuration CONF = new Configuration();

    @TempDir
    java.nio.file.Path folder;

    private final JavaSparkContext spark =
            JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());

    @BeforeEach
    void nothingFails() {
        FaultyFileSystem.heal();
    }

    @AfterEach
    void nothingFailsAfterwards() {
        FaultyFileSystem.heal();
    }

    @ParameterizedTest
    @EnumSource(
            value = Columns.class,
            names = {"TARGETS", "IMAGES"})
    void targetsAreOpenedAsOftenHoweverManyFilesAreWritten(Columns columns) throws IOException {
        RangedFiles targets = targets(columns == Columns.IMAGES);
        List<IndexRange> ranges = new ScoreFiles(targets, Optional.empty(), Optional.empty(), Optional.empty())
                .range()
                .split(5);
        Selection.Settled settled = settled(targets, ranges);
        FaultyFileSystem.heal();

        SelectStep.Subset few = run(columns, targets, ranges, settled, 1, "few");
        int opensForFew = opens(targets);
        FaultyFileSystem.heal();
        SelectStep.Subset many = run(columns, targets, ranges, settled, LARGE, "many");

        assertThat(few.files()).isEqualTo(1);
        assertThat(many.files()).isGreaterThan(10);
        assertThat(opens(targets))
                .isEqualTo(opensForFew)
                .as("once for the numbers and once for the rows, and again where a range ends in a file")
                .isLessThanOrEqualTo(2 * (FILES + ranges.size() - 1));
    }

    @ParameterizedTest
    @EnumSource(value = Columns.class)
    void filesHoldTheSameRowsHoweverTheWorkIsCut(Columns columns) throws IOException {
        RangedFiles targets = targets(columns == Columns.IMAGES);
        IndexRange all = new IndexRange(0, SAMPLES);
        Selection.Settled settled = settled(targets, all.split(3));
        int values = columns == Columns.INDEX ? 1 : LARGE;

        run(columns, targets, all.split(1), settled, values, "whole");
        run(columns, targets, all.split(7), settled, values, "cut");
        run(Columns.INDEX, targets, all.split(2), settled, values, "indices");

        Object[][][] whole = rows(columns.schema(), "whole");
        assertThat(rows(columns.schema(), "cut")).isEqualTo(whole);
        Draw order = new Draw(3, "order", 1);
        List<Long> indices = new ArrayList<>();
        for (Object[][] file : whole) {
            for (int i = 0; i < file.length; i++) {
                Object[] row = file[i];
                long index = (Long) row[0];
                indices.add(index);
                assertThat(i == 0 || Long.compareUnsigned(order.bits((Long) file[i - 1][0]), order.bits(index)) < 0)
                        .isTrue();
                if (columns != Columns.INDEX) {
                    assertThat(Arrays.copyOf(row, row.length - 2))
                            .isEqualTo(PlainRows.of(target(index, columns == Columns.IMAGES)));
                }
            }
        }
        List<Long> wanted = Arrays.stream(rows(Tables.SUBSET_INDEX, "indices"))
                .flatMap(Arrays::stream)
                .map(row -> (Long) row[0])
                .toList();
        assertThat(indices).hasSize((int) settled.selection().wanted()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void aSampleThatIsGoneMeanwhileIsNamed() throws IOException {
        RangedFiles targets = targets(false);
        Chosen chosen = new Chosen();
        chosen.add(1, Float.NaN, 1);
        // A reject.
        chosen.add(6, Float.NaN, 1);
        FileOf one = new FileOf(SAMPLES, 1, new Draw(0, "order", 0));
        try (RangedFiles.Rows rows = targets.rows(Tables.TARGETS, chosen.indices(), spark.hadoopConfiguration())) {
            SubsetJob.Fetcher parts = new SubsetJob.Fetcher(chosen, one, Tables.TARGETS, rows);
            assertThatThrownBy(parts::next)
                    .isInstanceOf(RelaException.class)
                    .hasMessage("targets/ holds no sample 6, which was chosen. Restore the table, or make it again.");
        }
    }

    private Selection.Settled settled(RangedFiles targets, List<IndexRange> ranges) {
        ScoreFiles scores = new ScoreFiles(targets, Optional.empty(), Optional.empty(), Optional.empty());
        return Selection.settle(
                SelectionPolicies.named("uniform").orElseThrow().make(Map.of()),
                new SparkPopulation(spark, scores, ranges),
                3,
                1,
                OptionalInt.empty(),
                RATIO,
                epoch -> 0);
    }

    private SelectStep.Subset run(
            Columns columns,
            RangedFiles targets,
            List<IndexRange> ranges,
            Selection.Settled settled,
            int values,
            String name)
            throws IOException {
        Path path = new Path(folder.toString(), name);
        return SelectStep.run(
                spark,
                new ScoreFiles(targets, Optional.empty(), Optional.empty(), Optional.empty()),
                ranges,
                settled,
                new SelectStep.Wide(columns, targets, values, columns == Columns.IMAGES, Optional.empty(), 0),
                Optional.empty(),
                new TableFolder(path.getFileSystem(CONF), path));
    }

    private static int opens(RangedFiles targets) {
        return targets.files().stream()
                .mapToInt(file -> FaultyFileSystem.opens(new Path(file.path())))
                .sum();
    }

    private RangedFiles targets(boolean images) throws IOException {
        UnaryOperator<String> faulty = path -> "faulty:" + path;
        List<RangedFiles.File> files = new ArrayList<>();
        for (IndexRange range : new IndexRange(0, SAMPLES).split(FILES)) {
            String path =
                    folder.resolve("targets-" + range.first() + ".parquet").toString();
            TableSchema schema = images ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
            try (TableWriter writer = new TableWriter(schema, new Path(path), CONF)) {
                for (long index = range.first(); index < range.end(); index++) {
                    if (index % 7 != 6) {
                        writer.write(target(index, images));
                    }
                }
                files.add(new RangedFiles.File(faulty.apply(path), range, writer.rows()));
            }
        }
        return RangedFiles.of(files);
    }

    private static Object[] target(long index, boolean image) {
        String id = "ü/" + index;
        boolean labeled = index % 3 > 0;
        Sample sample = new Sample(
                index,
                id,
                "file:/" + id,
                labeled ? 512 * index : null,
                index + 1,
                labeled ? (int) (index % 10) : null,
                labeled ? "ü" : null);
        return Tables.targetRow(
                sample,
                new float[] {index, -0.0f, Float.MIN_VALUE},
                image ? new EncodedImage(id.getBytes(StandardCharsets.UTF_8), id) : null);
    }

    /** The rows of each file of a folder, in the order of their numbers. */
    private Object[][][] rows(TableSchema schema, String name) throws IOException {
        List<Object[][]> all = new ArrayList<>();
        try (Stream<java.nio.file.Path> files = Files.list(folder.resolve(name))) {
            for (java.nio.file.Path file : files.filter(
                            path -> TableFolder.isPart(path.getFileName().toString()))
                    .sorted()
                    .toList()) {
                List<Object[]> rows = new ArrayList<>();
                try (TableReader reader = new TableReader(schema, new Path(file.toString()), CONF)) {
                    for (Object[] row = reader.next(); row != null; row = reader.next()) {
                        rows.add(PlainRows.of(row));
                    }
                }
                all.add(rows.toArray(Object[][]::new));
            }
        }
        return all.toArray(Object[][][]::new);
    }
}
