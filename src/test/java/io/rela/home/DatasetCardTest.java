package io.rela.home;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.home.DatasetCard.Additions;
import io.rela.manifest.Change;
import io.rela.manifest.Manifest;
import io.rela.select.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class DatasetCardTest {
    private static final Path ROOT = new Path("file:/home");

    @Test
    void everyTableOfSamplesIsAConfigurationAndTargetsTheDefault() {
        String card = card(
                CardManifests.conversion(List.of("cat", "dog"), true, 2),
                CardManifests.epoch(3, Columns.IMAGES),
                CardManifests.epoch(12, Columns.INDEX));
        assertThat(configs(card))
                .containsExactly(
                        "targets",
                        "features",
                        "rejects",
                        "losses-epoch-3",
                        "losses-epoch-12",
                        "subset-epoch-3",
                        "subset-epoch-12");
        assertThat(card)
                .startsWith("---\n")
                .containsOnlyOnce("  default: true\n")
                .contains("""
                        - config_name: targets
                          default: true
                          data_files:
                          - "targets/part-0.parquet"
                          - "targets/part-1.parquet"
                        """)
                .contains("- config_name: subset-epoch-3\n  data_files:\n  - \"subsets/epoch=3/part-0.parquet\"\n")
                .contains("{\"name\":\"train\",\"num_bytes\":20,\"num_examples\":4}");
    }

    @Test
    void columnsHaveTheTypesOfDatasets() {
        String card = card(
                CardManifests.conversion(List.of("cat", "dog"), true, 1),
                CardManifests.epoch(3, Columns.IMAGES),
                CardManifests.epoch(4, Columns.INDEX));
        assertThat(features(card, "targets"))
                .contains(
                        "{\"name\":\"index\",\"dtype\":\"int64\"}",
                        "{\"name\":\"label\",\"dtype\":{\"class_label\":{\"names\":{\"0\":\"cat\",\"1\":\"dog\"}}}}",
                        "{\"name\":\"target\",\"sequence\":\"float32\",\"length\":3}",
                        "{\"name\":\"image\",\"dtype\":\"image\"}");
        assertThat(features(card, "features")).contains("{\"name\":\"feature\",\"sequence\":\"float32\",\"length\":7}");
        assertThat(features(card, "subset-epoch-3"))
                .contains("{\"name\":\"image\",\"dtype\":\"image\"}", "{\"name\":\"weight\",\"dtype\":\"float32\"}");
        assertThat(features(card, "subset-epoch-4"))
                .containsExactly(
                        "{\"name\":\"index\",\"dtype\":\"int64\"}",
                        "{\"name\":\"loss\",\"dtype\":\"float32\"}",
                        "{\"name\":\"weight\",\"dtype\":\"float32\"}");
    }

    @Test
    void equalColumnsAreWrittenOnce() {
        String card = card(
                CardManifests.conversion(List.of("cat", "dog"), false, 1),
                CardManifests.epoch(1, Columns.INDEX),
                CardManifests.epoch(2, Columns.INDEX));
        assertThat(card)
                .containsOnlyOnce("&features5\n")
                .contains("- config_name: subset-epoch-2\n  features: *features5\n")
                .doesNotContain("image\"");
    }

    @Test
    void namesOfClassesStayWhatTheyAre() throws IOException {
        List<String> names = List.of(
                "a \"quoted\": name",
                "it's\n---\nlines",
                "sep\u2028\u2029\u0085\u00a0\u007f\ufeff",
                "- # *&\\",
                "\t\u0007",
                "Ærø 猫 \ud83d\ude00",
                "");
        String label = features(card(CardManifests.conversion(names, false, 1)), "targets").stream()
                .filter(line -> line.contains("\"label\""))
                .findFirst()
                .orElseThrow();
        JsonNode read = new ObjectMapper().readTree(label).at("/dtype/class_label/names");
        assertThat(read).hasSize(names.size());
        for (int i = 0; i < names.size(); i++) {
            assertThat(read.get(String.valueOf(i)).asText()).isEqualTo(names.get(i));
        }
        // What YAML 1.1 takes for the end of a line, or no text may hold.
        assertThat(label)
                .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\xa0\\u2028\\u2029\\ufeff]")
                .contains("猫 \ud83d\ude00");
    }

    @Test
    void withoutNamesOrWithEqualOnesALabelIsANumber() {
        for (List<String> names : List.of(List.<String>of(), List.of("a", "b", "a"))) {
            assertThat(features(card(CardManifests.conversion(names, false, 1)), "targets"))
                    .contains("{\"name\":\"label\",\"dtype\":\"int32\"}");
        }
    }

    @Test
    void aTableOfThousandsOfFilesIsNamedByAPattern() {
        Change[] changes = IntStream.range(0, 301)
                .mapToObj(i -> i == 0
                        ? CardManifests.conversion(List.of("cat", "dog"), true, 3_000)
                        : CardManifests.epoch(i, Columns.IMAGES))
                .toArray(Change[]::new);
        String card = card(changes);
        assertThat(card)
                .contains("- config_name: targets\n  default: true\n  data_files:\n  - \"targets/*.parquet\"\n-");
        assertThat(configs(card)).hasSize(603);
        assertThat(card.length()).isLessThan(200_000);
        assertThat(card).contains("| `subset-epoch-E`, E: 1–300 |");
    }

    @Test
    void tablesWithoutRowsAndThoseThatAreGoneAreNoConfigurations() {
        Change conversion = CardManifests.conversion(List.of(), false, 1);
        Change withoutRejects = new Change(
                List.of(CardManifests.table("targets", 1, 4), CardManifests.table("rejects", 1, 0)),
                List.of(),
                conversion.record());
        assertThat(configs(card(withoutRejects))).containsExactly("targets");
        String pruned = card(
                conversion,
                CardManifests.epoch(0, Columns.INDEX),
                CardManifests.epoch(1, Columns.INDEX),
                CardManifests.epoch(2, Columns.INDEX),
                CardManifests.epoch(7, Columns.INDEX),
                CardManifests.pruning(0));
        assertThat(configs(pruned)).contains("subset-epoch-1", "losses-epoch-7").doesNotContain("subset-epoch-0");
        assertThat(pruned).contains("E: 1–2, 7 |").contains("\"subset-epoch-7\", split=\"train\")");
        assertThat(DatasetCard.text(Manifest.EMPTY.after(CardManifests.pruning(1)), ROOT, Additions.NONE))
                .isEmpty();
    }

    @Test
    void theTextTellsWhatItIs() {
        assertThat(card(CardManifests.conversion(List.of("cat", "dog"), false, 1)))
                .contains("| pictures | 5 listed, 4 with a target, 1 rejected")
                .contains("| prior | `odd??name.pt`, SHA-256 `c0ffee`: 7 values of 32 × 32 pixels |")
                .contains("| targets | 3 values, axes `pca`, 87.5% of the variance |")
                .contains("load_dataset(\"path/of/this/folder\", split=\"train\")")
                .doesNotContain("license: ");
    }

    @Test
    void whatPeopleHaveAddedIsFoundAgain() {
        Manifest manifest = Manifest.EMPTY.after(CardManifests.conversion(List.of("x\n---\ny"), true, 1));
        Additions added = new Additions("license: mit\ntags:\n- a\n", "# Thanks\n\n---\n\nto all");
        String card = DatasetCard.text(manifest, ROOT, added).orElseThrow();
        assertThat(card).contains("license: mit\ntags:\n- a\n---\n").endsWith("to all");
        assertThat(DatasetCard.additions(card)).contains(added);
        assertThat(DatasetCard.additions(
                        DatasetCard.text(manifest, ROOT, Additions.NONE).orElseThrow()))
                .contains(Additions.NONE);
        for (String other : List.of("", "# Mine\n", card.substring(4), card.replace("<!--", "<!-"), "---\n---\n")) {
            assertThat(DatasetCard.additions(other)).isEmpty();
        }
    }

    private static String card(Change... changes) {
        Manifest manifest = Stream.of(changes).reduce(Manifest.EMPTY, Manifest::after, (a, b) -> b);
        return DatasetCard.text(manifest, ROOT, Additions.NONE).orElseThrow();
    }

    /** Names of the configurations, each of which has its files first and its columns later. */
    private static List<String> configs(String card) {
        String metadata = card.substring(0, card.indexOf("\n---\n"));
        List<String> names = named(metadata.substring(0, metadata.indexOf("dataset_info:\n")));
        assertThat(named(metadata.substring(metadata.indexOf("dataset_info:\n"))))
                .isEqualTo(names);
        return names;
    }

    private static List<String> named(String yaml) {
        return yaml.lines()
                .filter(line -> line.startsWith("- config_name: "))
                .map(line -> line.substring("- config_name: ".length()))
                .toList();
    }

    /** The columns of a configuration, as lines of JSON. */
    private static List<String> features(String card, String config) {
        String info = card.substring(card.indexOf("dataset_info:\n"));
        List<String> lines = new ArrayList<>();
        for (String line : info.substring(info.indexOf("- config_name: " + config + "\n"))
                .lines()
                .skip(2)
                .toList()) {
            if (!line.startsWith("  - ")) {
                return lines;
            }
            lines.add(line.substring(4));
        }
        throw new AssertionError("No end of " + config);
    }
}
