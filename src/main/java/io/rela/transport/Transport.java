package io.rela.transport;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.linear.FittedMap;
import io.rela.linear.IndexedPair;
import io.rela.linear.LinearMapStep;
import io.rela.linear.LinearMapStep.BothWays;
import io.rela.linear.Split;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.Figures;
import io.rela.table.Tables;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Matches the samples of two representations and measures linear maps between them. Driver only, used once. */
public final class Transport {
    /** Rows a block of moments; the figures' last bits depend on it. */
    private static final int BLOCK = 1024;

    private static final int FEWEST_SAMPLES = 10;

    /**
     * What was found.
     *
     * @param matchedBy id or index
     * @param samples of both
     * @param fit how the maps were fitted
     * @param homeToOther one map
     * @param otherToHome the other
     */
    public record Found(String matchedBy, Samples samples, Fit fit, Direction homeToOther, Direction otherToHome)
            implements Figures {}

    /**
     * Samples by where they are.
     *
     * @param common in both
     * @param onlyInHome not in the other
     * @param onlyInOther not in the home
     * @param differentLengths matched pictures whose files differ in length; 0 without two homes
     */
    public record Samples(long common, long onlyInHome, long onlyInOther, long differentLengths) {}

    /**
     * How the maps were fitted.
     *
     * @param ridge penalty
     * @param heldOut share of the samples that they were tried on
     * @param seed of the split
     */
    public record Fit(double ridge, double heldOut, long seed) {}

    /** One map: {@code heldOutSamples} is 0 where it was measured on the training samples. */
    public record Direction(
            int inputDimension,
            int outputDimension,
            long trainingSamples,
            long heldOutSamples,
            double r2,
            double explainedVariance,
            double meanCosine) {
        static Direction of(FittedMap fitted) {
            return new Direction(
                    fitted.map().inputDimension(),
                    fitted.map().outputDimension(),
                    fitted.trainingSamples(),
                    fitted.heldOutSamples(),
                    fitted.agreement().r2(),
                    fitted.agreement().explainedVariance(),
                    fitted.agreement().meanCosine());
        }
    }

    private final CommandRun run;
    private final TransportRequest asked;
    private final String otherOption;

    private Transport(TransportRequest asked, CommandRun run) {
        this.run = run;
        this.asked = asked;
        this.otherOption = asked.other().setting();
    }

    /**
     * Fits a map in each direction, and tells how much each explains; changes nothing.
     *
     * @throws RelaException when the two have too little in common, or cannot be read
     */
    public static CommandResult run(TransportRequest asked, CommandRun run) {
        return new Transport(asked, run).run();
    }

    private CommandResult run() {
        SparkSession session = run.session();
        Representations home = Representations.ofHome(session, Flag.HOME, asked.home(), asked.table());
        Representations other = asked.other().isHome()
                ? Representations.ofHome(session, otherOption, asked.other().uri(), asked.table())
                : Representations.ofTable(session, otherOption, asked.other().uri());
        String by = other.hasId() ? Tables.ID : Tables.INDEX;
        Dataset<Row> x = home.keyedBy(by);
        Dataset<Row> y = other.keyedBy(by).drop(Tables.INDEX);
        long inHome = run.timed("read", () -> home.checked(x, by));
        long inOther = run.timed("read", () -> other.checked(y, by));
        Matched matched = run.timed("match", () -> matched(x, y, by));
        long common = matched.samples();
        BothWays maps = run.timed("fit", () -> fit(pairs(x, y, common)));
        Found found = new Found(
                by,
                new Samples(common, inHome - common, inOther - common, matched.differentLengths()),
                new Fit(asked.ridge(), asked.heldOut(), asked.seed()),
                Direction.of(maps.there()),
                Direction.of(maps.back()));
        print(found);
        return CommandResult.done(summary(found), found).about(asked.home());
    }

    /** Samples in common, and of those the ones whose pictures are known to differ in length. */
    private record Matched(long samples, long differentLengths) {}

    private Matched matched(Dataset<Row> x, Dataset<Row> y, String by) {
        Dataset<Row> both = !asked.other().isHome()
                ? x.select(col(Representations.KEY), lit(0).as("differs"))
                        .join(y.select(Representations.KEY), Representations.KEY)
                : x.select(Representations.KEY, Tables.LENGTH)
                        .join(
                                y.select(
                                        col(Representations.KEY),
                                        col(Tables.LENGTH).as("other")),
                                Representations.KEY)
                        .withColumn("differs", expr("int(" + Tables.LENGTH + " <> other)"));
        Row found = both.agg(count(lit(1)), coalesce(sum("differs"), lit(0L))).first();
        Matched matched = new Matched(found.getLong(0), found.getLong(1));
        if (matched.samples() < FEWEST_SAMPLES) {
            throw new RelaException(
                    ExitCode.INPUT,
                    Flag.HOME + " and " + otherOption + " have " + matched.samples() + " samples in common, matched by "
                            + by
                            + ": a map needs " + FEWEST_SAMPLES + " or more. Name two representations of the same"
                            + " pictures.");
        }
        return matched;
    }

    /** Whole blocks, in the order of the home's index. */
    private JavaRDD<IndexedPair> pairs(Dataset<Row> x, Dataset<Row> y, long common) {
        int wanted = Integer.parseInt(run.session().conf().get("spark.sql.shuffle.partitions"));
        int parts = (int) Math.min(wanted, (common - 1) / BLOCK + 1);
        return x.join(y.withColumnRenamed(Representations.VALUES, "other"), Representations.KEY)
                .select(
                        col(Tables.INDEX),
                        col(Representations.VALUES),
                        col("other"),
                        expr(Tables.INDEX + " div " + BLOCK).as("block"))
                .repartitionByRange(parts, col("block"))
                .sortWithinPartitions(Tables.INDEX)
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .map(row -> new IndexedPair(
                        row.getLong(0),
                        row.getArray(1).toFloatArray(),
                        row.getArray(2).toFloatArray()));
    }

    private BothWays fit(JavaRDD<IndexedPair> pairs) {
        try {
            return LinearMapStep.fitBothWays(
                    pairs, BLOCK, Split.holdingOut(asked.heldOut(), asked.seed()), asked.ridge());
        } catch (IllegalArgumentException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "No linear map can be fitted with " + Flag.HELD_OUT + " " + asked.heldOut() + ": " + e.getMessage(),
                    e);
        }
    }

    private void print(Found found) {
        String other = otherOption.substring(2);
        Direction there = found.homeToOther();
        run.out()
                .println(String.format(
                        Locale.ROOT,
                        "samples   %,d in both, matched by %s; %,d only in home, %,d only in %s",
                        found.samples().common(),
                        found.matchedBy(),
                        found.samples().onlyInHome(),
                        found.samples().onlyInOther(),
                        other));
        if (found.samples().differentLengths() > 0) {
            run.out()
                    .println(String.format(
                            Locale.ROOT,
                            "warning   %,d of them differ in length: other pictures by the same names, unless they were encoded"
                                    + " anew",
                            found.samples().differentLengths()));
        }
        run.out()
                .println(String.format(
                        Locale.ROOT,
                        "maps      fitted to %,d samples, measured on %s; ridge %s",
                        there.trainingSamples(),
                        there.heldOutSamples() == 0
                                ? "the same, since none fell to " + Flag.HELD_OUT
                                : String.format(Locale.ROOT, "%,d others", there.heldOutSamples()),
                        found.fit().ridge()));
        run.out().println(row("from", "to", "values", "R2", "explained variance", "mean cosine"));
        run.out().println(row("home", other, there));
        run.out().println(row(other, "home", found.otherToHome()));
    }

    private static String row(String from, String to, Direction direction) {
        return row(
                from,
                to,
                direction.inputDimension() + " to " + direction.outputDimension(),
                figure(direction.r2()),
                figure(direction.explainedVariance()),
                figure(direction.meanCosine()));
    }

    private static String row(String from, String to, String values, String r2, String explained, String cosine) {
        return String.format(Locale.ROOT, "%-16s%-16s%14s%10s%20s%13s", from, to, values, r2, explained, cosine);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private String summary(Found found) {
        return String.format(
                Locale.ROOT,
                "A linear map from " + Flag.HOME + " explains %.1f%% of %s, one back explains %.1f%% of " + Flag.HOME
                        + " (R2 of samples" + " that it was %sfitted to).",
                100 * found.homeToOther().r2(),
                otherOption,
                100 * found.otherToHome().r2(),
                found.homeToOther().heldOutSamples() == 0 ? "" : "not ");
    }
}
