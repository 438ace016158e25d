package io.rela.convert;

import io.rela.embed.EmbedOutput;
import io.rela.embed.TaskReport;
import io.rela.table.TableFolder;
import io.rela.table.TablePlace;
import io.rela.table.TableReader;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/** Puts the tasks' small files of rejects together into one, in source order; one without rows where there are none. */
public final class RejectsStep {
    private RejectsStep() {}

    /**
     * Writes the table.
     *
     * @param folder that the embedding tasks were given
     * @param reports of the tasks that count
     * @param table the table's folder, empty
     */
    public static void run(JavaSparkContext spark, Path folder, List<TaskReport> reports, TableFolder table) {
        Path rejected = new Path(folder, EmbedOutput.REJECTS);
        List<String> parts = reports.stream()
                .filter(report -> report.rejects() != null)
                .sorted(Comparator.comparingLong(report -> report.range().first()))
                .map(report -> new Path(rejected, report.rejects()).toString())
                .toList();
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        TablePlace place = table.place();
        String written = spark.parallelize(List.of(parts), 1)
                .map(files -> concatenate(files, place, hadoop.value()))
                .first();
        table.keepOnly(List.of(written));
    }

    private static String concatenate(List<String> files, TablePlace place, Configuration conf) throws IOException {
        String name = "part-" + UUID.randomUUID() + ".parquet";
        try (TableWriter writer = place.writer(Tables.REJECTS, name, conf)) {
            for (String file : files) {
                try (TableReader reader = new TableReader(Tables.REJECTS, new Path(file), conf)) {
                    for (Object[] row = reader.next(); row != null; row = reader.next()) {
                        writer.write(row);
                    }
                }
            }
        }
        return name;
    }
}
