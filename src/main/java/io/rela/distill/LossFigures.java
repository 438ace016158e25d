package io.rela.distill;

import io.rela.home.DatasetHome;
import io.rela.home.HomeTables;
import io.rela.home.ManifestRecord.LossInfo;
import io.rela.rank.Summary;
import io.rela.run.Sessions;
import io.rela.select.ScoreFiles;
import io.rela.select.SparkPopulation;
import io.rela.table.IndexRange;
import io.rela.table.Tables;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Figures on losses, for the manifest. Driver only. */
final class LossFigures {
    /** A task reads at most so many samples' numbers. */
    private static final long SAMPLES_A_TASK = 4_000_000;

    private LossFigures() {}

    static LossInfo of(SparkSession session, DatasetHome home, Path losses, int epoch, Integer partitions) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        ScoreFiles scores = new ScoreFiles(
                HomeTables.files(home.fileSystem(), home.table(Tables.TARGETS.name())),
                Optional.of(HomeTables.files(home.fileSystem(), losses)),
                Optional.empty());
        return of(
                new SparkPopulation(spark, scores, ranges(spark, scores.range(), partitions)).scan(new Summary()),
                epoch);
    }

    static LossInfo of(Summary summary, int epoch) {
        return new LossInfo(
                epoch, summary.mean(), summary.smallest(), summary.largest(), summary.rows() - summary.known());
    }

    /** Tasks for a pass over the samples' numbers. */
    static List<IndexRange> ranges(JavaSparkContext spark, IndexRange all, Integer partitions) {
        long usual = Math.max(2L * Sessions.slots(spark), all.size() / SAMPLES_A_TASK);
        return all.split(partitions == null ? (int) usual : partitions);
    }
}
