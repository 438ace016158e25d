package io.rela.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.embed.Listed;
import io.rela.source.Fingerprint;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Links;
import io.rela.source.Listing;
import io.rela.source.ParquetColumns;
import io.rela.source.Sample;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import io.rela.testing.LocalSpark;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintsTest {
    @TempDir
    Path folder;

    @Test
    void fewAndManyIdsGiveTheSameAndAnyRangeIsRead() throws Exception {
        Path input = folder.resolve("input");
        // By code point U+FFEE comes before U+1F600; by UTF-16 unit it would come after.
        for (String name :
                List.of("a/2.png", "a/10.png", "b/\uFFEE.png", "b/\uD83D\uDE00.png", "c/none.txt", "d/x.png")) {
            Path file = input.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
        ImageSource source =
                ImageSource.open(input.toString(), InputFormat.AUTO, ParquetColumns.defaults(), new Configuration());
        TableFolder table = new TableFolder(
                FileSystem.getLocal(new Configuration()),
                new org.apache.hadoop.fs.Path(folder.resolve("t").toUri()));
        List<Sample> samples;
        Listed listed;
        try (Listing listing = source.list(LocalSpark.session(), 3, Links.INSIDE)) {
            samples = listing.samples().collect();
            listed = ListingStep.run(spark, listing, table.empty());
        }

        assertThat(read(listed.files(), new IndexRange(0, 100)))
                .isEqualTo(samples)
                .hasSize(5);
        assertThat(read(listed.files(), new IndexRange(1, 4))).isEqualTo(samples.subList(1, 4));
        Fingerprint few = Fingerprints.of(LocalSpark.session(), listed, 5);
        assertThat(few).isEqualTo(Fingerprints.of(LocalSpark.session(), listed, 4));
        byte[] sorted =
                "a/10.png\na/2.png\nb/\uFFEE.png\nb/\uD83D\uDE00.png\nd/x.png\n".getBytes(StandardCharsets.UTF_8);
        assertThat(few)
                .isEqualTo(new Fingerprint(
                        5,
                        samples.stream().mapToLong(Sample::length).sum(),
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(sorted))));
    }

    private static List<Sample> read(RangedFiles files, IndexRange range) {
        List<Sample> read = new ArrayList<>();
        try (RangedFiles.Rows rows = files.rows(Tables.SAMPLES, range, new Configuration())) {
            rows.forEachRemaining(row -> read.add(Tables.sample(row)));
        }
        return read;
    }
}
