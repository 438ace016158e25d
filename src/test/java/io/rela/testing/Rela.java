package io.rela.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.ExitCode;
import io.rela.cli.Main;
import io.rela.home.DatasetHome;
import io.rela.manifest.ConversionRecord;
import io.rela.table.Tables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** Runs commands as a user would, in this JVM and on its session, and looks at what they leave. */
public final class Rela {
    private Rela() {}

    /** How a command ended and what it said, on both streams. */
    public record Outcome(ExitCode code, String text) {}

    public static Outcome run(Object... args) {
        return run(InputStream.nullInputStream(), args);
    }

    /** With something to read on standard input. */
    public static Outcome run(InputStream in, Object... args) {
        LocalSpark.session();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        List<String> texts = new ArrayList<>();
        for (Object arg : args) {
            texts.add(arg.toString());
        }
        ExitCode code = Main.run(texts.toArray(String[]::new), in, stream, stream);
        return new Outcome(code, said.toString(StandardCharsets.UTF_8));
    }

    /** Makes sure that a command came to a good end. */
    public static Outcome done(Outcome outcome) {
        assertThat(outcome.code()).as(outcome.text()).isEqualTo(ExitCode.DONE);
        return outcome;
    }

    /** What the manifest says of a home's newest conversion. */
    public static ConversionRecord conversion(Path home) {
        return DatasetHome.at(home.toString(), new Configuration())
                .manifest()
                .newest(ConversionRecord.class)
                .orElseThrow();
    }

    /** {@code convert} with the tests' tiny prior, by default to 8 values. */
    public static Outcome convert(Path input, Path home, Object... more) {
        List<Object> args = new ArrayList<>(List.of(
                "convert",
                "--input",
                input,
                "--home",
                home,
                "--prior",
                prior("features16"),
                "--input-size",
                "16",
                "--verbose"));
        if (!List.of(more).contains("--dimensions")) {
            args.addAll(List.of("--dimensions", 8));
        }
        args.addAll(List.of(more));
        return run(args.toArray());
    }

    /** A copy of one of the tests' models, as a file. */
    public static Path prior(String name) {
        try (InputStream in = Rela.class.getResourceAsStream("/models/" + name + ".pt")) {
            Path file = Files.createTempDirectory("rela-model").resolve(name + ".pt");
            Files.copy(in, file);
            file.toFile().deleteOnExit();
            file.getParent().toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows in the order in which they were written; Spark alone reads a table's largest files first. */
    public static List<Row> rows(Path home, String table) {
        return LocalSpark.session()
                .read()
                .parquet(home.resolve(table).toString())
                .orderBy("_metadata.file_name", "_metadata.row_index")
                .collectAsList();
    }

    /** Targets by id, as bits: index first. */
    public static Map<String, List<Integer>> targetBits(Path home) {
        Map<String, List<Integer>> bits = new TreeMap<>();
        for (Row row : rows(home, "targets")) {
            List<Integer> values = new ArrayList<>();
            values.add((int) row.<Long>getAs(Tables.INDEX).longValue());
            for (float value : row.<Float>getList(row.fieldIndex(Tables.TARGET))) {
                values.add(Float.floatToRawIntBits(value));
            }
            bits.put(row.getAs(Tables.ID), values);
        }
        return bits;
    }
}
