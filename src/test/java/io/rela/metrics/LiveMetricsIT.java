package io.rela.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.demo.DemoPictures;
import io.rela.manifest.ConversionRecord;
import io.rela.testing.Rela;
import io.rela.testing.Scraper;
import io.rela.testing.Submitted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What can be seen of a real conversion while it runs, by the settings in {@code conf/}. */
@Execution(ExecutionMode.CONCURRENT)
class LiveMetricsIT {
    private static final String PREFIX = "metrics_rela_driver_plugin_io_rela_metrics_RelaPlugin_";
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{type=\"\\w+\"} (\\S+)");

    private static final Pattern NAME = Pattern.compile("metrics_\\w+");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    @BeforeAll
    static void draw() throws IOException {
        DemoPictures.write(made.resolve("pictures"));
    }

    @Test
    void theDriverShowsWhatTasksOfItsOwnProcessDo() throws Exception {
        Map<String, Double> seen = newest("local[2]");
        ConversionRecord record = conversion();
        assertThat(seen).containsEntry(PREFIX + "devices_Value", 1.0);
        for (Meters.Part part : Meters.Part.values()) {
            assertThat(seen.get(PREFIX + "seconds_" + part.label() + "_Value"))
                    .as(part.label())
                    .isPositive()
                    .isCloseTo(record.run().seconds().get(part.label()), within(1e-3));
        }
    }

    @Test
    @Tag("spark4")
    void theDriverShowsTheSumOfTheExecutors() throws Exception {
        Map<String, Double> seen = newest("local-cluster[2,1,1024]");
        assertThat(seen.get(PREFIX + "devices_Value")).isBetween(1.0, 2.0);
        for (Meters.Part part : Meters.Part.values()) {
            assertThat(seen.get(PREFIX + "seconds_" + part.label() + "_Value"))
                    .as(part.label())
                    .isPositive();
        }
    }

    /** Converts; what was seen last, after checking what holds whoever runs the tasks. */
    private Map<String, Double> newest(String master) throws Exception {
        Path scraped = convert(master);
        List<Map<String, Double>> seen = new ArrayList<>();
        for (Path file : files(scraped, ".metrics")) {
            seen.add(samples(file));
        }
        Map<String, Double> last = seen.get(seen.size() - 1);
        Map<String, Double> before = new HashMap<>();
        for (Map<String, Double> now : seen) {
            for (String name : Meters.ofProcess().names()) {
                if (!Meters.isLevel(name)) {
                    String exposed = exposed(name);
                    assertThat(now.get(exposed)).as(exposed).isGreaterThanOrEqualTo(before.getOrDefault(exposed, 0.0));
                    before.put(exposed, now.get(exposed));
                }
            }
        }
        ConversionRecord record = conversion();
        assertThat(record.counts().rejectedByReason()).hasSize(4);
        assertThat(last.get(PREFIX + "pictures_Value"))
                .isEqualTo((double) record.counts().listed());
        Map<String, Long> rejects = new TreeMap<>();
        for (String name : Meters.ofProcess().names()) {
            if (name.startsWith("rejects.") && last.get(exposed(name)) > 0) {
                rejects.put(
                        name.substring("rejects.".length()),
                        last.get(exposed(name)).longValue());
            }
        }
        assertThat(rejects).isEqualTo(record.counts().rejectedByReason());
        assertThat(last)
                .containsEntry(PREFIX + "queue_decode_Value", 0.0)
                .containsEntry(PREFIX + "queue_infer_Value", 0.0);
        assertThat(last.get(PREFIX + "seconds_busy_Value")).isPositive();
        assertThat(named(last.keySet())).isEqualTo(asked());
        assertThat(accumulators(scraped))
                .containsEntry("rela pictures", "640")
                .containsEntry("rela rejects", rejects.toString())
                .containsKeys("rela seconds read", "rela seconds decode", "rela seconds infer", "rela seconds write");
        return last;
    }

    private Path convert(String master) throws Exception {
        Path scraped = Files.createDirectory(folder.resolve("scraped"));
        List<Object> command = new ArrayList<>(List.of("--master", master));
        command.addAll(List.of("--jars", Submitted.jarOf(Scraper.class, folder)));
        for (String setting : List.of(
                "spark.ui.enabled=true",
                "spark.ui.port=0",
                "spark.metrics.conf=conf/metrics.properties",
                "spark.metrics.namespace=rela",
                "spark.extraListeners=" + Scraper.class.getName(),
                Scraper.FOLDER + "=" + scraped)) {
            command.addAll(List.of("--conf", setting));
        }
        command.addAll(List.of("convert", "--input", made.resolve("pictures"), "--home", folder.resolve("home")));
        command.addAll(List.of("--prior", "builtin:prior", "--dimensions", 16, "--partitions", 3));
        Submitted ended = Submitted.run(folder, command.toArray());
        assertThat(ended.code()).as(ended.err()).isZero();
        return scraped;
    }

    private ConversionRecord conversion() {
        return Rela.conversion(folder.resolve("home"));
    }

    /** As Prometheus calls what Spark shows of a reading. */
    private static String exposed(String name) {
        return PREFIX + name.replaceAll("[^a-zA-Z0-9]", "_") + "_Value";
    }

    private static Map<String, Double> samples(Path file) throws IOException {
        return SAMPLE.matcher(Files.readString(file))
                .results()
                .collect(Collectors.toMap(
                        found -> found.group(1), found -> Double.valueOf(found.group(2)), (first, again) -> first));
    }

    /** Those of the names that are the program's, each once: Spark shows every gauge twice. */
    private static Set<String> named(Set<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(PREFIX) && name.endsWith("_Value"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names in the dashboard's queries. */
    private static Set<String> asked() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(Path.of("conf", "grafana-dashboard.json").toFile());
        Set<String> names = new TreeSet<>();
        for (String query : dashboard.findValuesAsText("expr")) {
            Set<String> found =
                    NAME.matcher(query).results().map(MatchResult::group).collect(Collectors.toSet());
            assertThat(found).as(query).isNotEmpty();
            names.addAll(found);
        }
        return names;
    }

    /** Values by name, as Spark's page of the stage that embeds shows them. */
    private static Map<String, String> accumulators(Path scraped) throws IOException {
        Map<String, String> values = new TreeMap<>();
        List<Path> stages = files(scraped, ".stages");
        for (JsonNode stage :
                new ObjectMapper().readTree(stages.get(stages.size() - 1).toFile())) {
            for (JsonNode update : stage.get("accumulatorUpdates")) {
                values.put(update.get("name").asText(), update.get("value").asText());
            }
        }
        return values;
    }

    private static List<Path> files(Path scraped, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(scraped)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
