package io.rela.bench;

import io.rela.rank.Draw;
import io.rela.select.Columns;
import io.rela.select.Need;
import io.rela.select.PolicyDeclaration;
import io.rela.select.ScoreFiles;
import io.rela.select.SelectStep;
import io.rela.select.Selection;
import io.rela.select.SelectionPolicies;
import io.rela.select.SelectionPolicy;
import io.rela.select.SparkPopulation;
import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.NumberReader;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Every policy over made-up losses of N samples in 1,000 classes: statistics, rule, and the subset with {@code --columns index}
 * written to disk. Each runs in a JVM of its own with 1 GiB of heap, driver and tasks together, and tells its seconds (Spark's
 * start left out), the memory that it had resident at most (Spark's start included), and how many files of the tables were read
 * and written, and how often one was opened or created: in all, and by the subset alone, when footers and statistics are done.
 *
 * <p>Arguments: numbers of rows (default 1281167,100000000), policies (default all), values of a target: then whole rows of
 * targets are made up, and the subset has {@code --columns targets}.
 */
public final class SelectionScale {
    private static final String HEAP = "1g";
    private static final int CLASSES = 1_000;
    private static final int ROWS_A_FILE = 4_000_000;
    /** As convert has it, before compression. */
    private static final long TARGETS_BYTES_A_FILE = 128L << 20;

    private static final int SAMPLE_BYTES = 200;
    private static final double RATIO = 0.5;
    private static final TableSchema SAMPLES = Tables.TARGETS.only(Tables.INDEX, Tables.LABEL);

    private SelectionScale() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("make")) {
            make(args[1], Long.parseLong(args[2]), Integer.parseInt(args[3]));
        } else if (args.length > 0 && args[0].equals("run")) {
            run(args[1], args[2], Integer.parseInt(args[3]));
        } else {
            all(
                    args.length > 0 ? args[0] : "1281167,100000000",
                    args.length > 1 && !args[1].equals("all") ? args[1].split(",", -1) : new String[0],
                    args.length > 2 ? args[2] : "0");
        }
    }

    private static void all(String sizes, String[] some, String values) throws Exception {
        System.out.printf(
                "%-12s %12s %12s %10s %14s %8s %8s %8s %8s%n",
                "policy", "rows", "chosen", "seconds", "MiB resident", "read", "written", "opened", "subset's");
        for (String rows : sizes.split(",", -1)) {
            java.nio.file.Path folder = Files.createTempDirectory("rela-selection");
            try {
                Bench.java("SelectionScale", HEAP, "make", folder.toString(), rows, values);
                for (PolicyDeclaration policy : SelectionPolicies.all()) {
                    if (some.length == 0 || Arrays.asList(some).contains(policy.name())) {
                        Bench.java("SelectionScale", HEAP, "run", folder.toString(), policy.name(), values)
                                .forEach(System.out::println);
                    }
                }
            } finally {
                try (Stream<java.nio.file.Path> walk = Files.walk(folder)) {
                    for (java.nio.file.Path path :
                            walk.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
    }

    private static JavaSparkContext spark() {
        SparkSession session = SparkSession.builder()
                .master("local[*]")
                .appName("selection")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.hadoop.fs.counted.impl", CountedFileSystem.class.getName())
                .getOrCreate();
        session.sparkContext().setLogLevel("ERROR");
        return JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    private static void make(String folder, long rows, int values) {
        long rowsPerFile =
                values == 0 ? ROWS_A_FILE : TARGETS_BYTES_A_FILE / (SAMPLE_BYTES + (long) Float.BYTES * values);
        int files = (int) Math.max(Bench.cores(), rows / rowsPerFile);
        spark().parallelize(new IndexRange(0, rows).split(files), files).foreach(range -> {
            Configuration conf = new Configuration();
            Draw draw = new Draw(0, "made-up", 0);
            Draw other = new Draw(0, "reference", 0);
            String name = String.format("part-%012d.parquet", range.first());
            TableSchema schema = values == 0 ? SAMPLES : Tables.TARGETS;
            try (TableWriter samples = new TableWriter(schema, new Path(folder + "/samples", name), conf);
                    TableWriter losses = new TableWriter(Tables.LOSSES, new Path(folder + "/losses", name), conf);
                    TableWriter references =
                            new TableWriter(Tables.LOSSES, new Path(folder + "/references", name), conf)) {
                for (long index = range.first(); index < range.end(); index++) {
                    int label = (int) (index * CLASSES / rows);
                    samples.write(values == 0 ? new Object[] {index, label} : target(index, label, values));
                    double u = draw.unit(index);
                    losses.write(Tables.lossRow(index, (float) (2 * u * u)));
                    references.write(Tables.lossRow(index, (float) other.unit(index)));
                }
            }
        });
    }

    private static Object[] target(long index, int label, int values) {
        float[] target = new float[values];
        Draw draw = new Draw(index, "target", 0);
        for (int i = 0; i < values; i++) {
            target[i] = (float) draw.unit(i);
        }
        String id = String.format("class-%04d/%09d.jpg", label, index);
        return Tables.targetRow(
                new Sample(index, id, "file:/pictures/" + id, null, 100_000, label, "class-" + label), target, null);
    }

    private static void run(String folder, String name, int values) throws Exception {
        JavaSparkContext spark = spark();
        Configuration conf = spark.hadoopConfiguration();
        SelectionPolicy policy = SelectionPolicies.named(name).orElseThrow().make(Map.of());
        long start = System.nanoTime();
        RangedFiles samples = files(folder + "/samples", conf);
        boolean compares = policy.declaration().needs(Need.REFERENCE_LOSSES);
        RangedFiles losses = files(folder + "/losses", conf);
        Optional<RangedFiles> references =
                compares ? Optional.of(files(folder + "/references", conf)) : Optional.empty();
        ScoreFiles scores = new ScoreFiles(samples, Optional.of(losses), references, Optional.empty());
        List<IndexRange> ranges =
                scores.range().split((int) Math.max(2L * Bench.cores(), samples.rows() / ROWS_A_FILE));
        Selection.Settled settled = Selection.settle(
                policy,
                new SparkPopulation(spark, scores, ranges),
                0,
                3,
                OptionalInt.of(100),
                RATIO,
                epoch -> Selection.share(RATIO, samples.rows()));
        long before = CountedFileSystem.opened();
        Path subset = new Path(CountedFileSystem.SCHEME + ":" + folder, "subset");
        Columns columns = values == 0 ? Columns.INDEX : Columns.TARGETS;
        SelectStep.Subset written = SelectStep.run(
                spark,
                scores,
                ranges,
                settled,
                new SelectStep.Wide(columns, samples, Math.max(1, values), false, Optional.empty(), 0),
                Optional.empty(),
                new TableFolder(subset.getFileSystem(conf), subset));
        settled.requireSize(written.rows());
        double seconds = (System.nanoTime() - start) / 1e9;
        int read = samples.files().size()
                + losses.files().size()
                + references.map(table -> table.files().size()).orElse(0);
        System.out.printf(
                Locale.ROOT,
                "%-12s %12d %12d %10.1f %14d %8d %8d %8d %8d%n",
                name,
                samples.rows(),
                written.rows(),
                seconds,
                peak(),
                read,
                written.files(),
                CountedFileSystem.opened(),
                CountedFileSystem.opened() - before);
        spark.stop();
    }

    private static RangedFiles files(String folder, Configuration conf) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.list(java.nio.file.Path.of(folder))) {
            List<java.nio.file.Path> paths =
                    files.filter(path -> path.toString().endsWith(".parquet")).toList();
            List<RangedFiles.File> found = new java.util.ArrayList<>();
            for (java.nio.file.Path path : paths) {
                Path counted = new Path(CountedFileSystem.SCHEME + ":" + path);
                NumberReader.Footer footer = NumberReader.footer(counted, true, conf);
                found.add(new RangedFiles.File(counted.toString(), footer.range(), footer.rows()));
            }
            return RangedFiles.of(found);
        }
    }

    /** MiB that this process had resident at most. */
    private static long peak() throws IOException {
        return Files.readAllLines(java.nio.file.Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
