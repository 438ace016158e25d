package io.rela.home;

import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Counts;
import io.rela.manifest.Epochs;
import io.rela.manifest.Manifest;
import io.rela.manifest.ModelInfo;
import io.rela.manifest.TableFile;
import io.rela.table.Column;
import io.rela.table.Json;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/**
 * A home's dataset card, after which Hugging Face's {@code datasets} reads it: one configuration for each table of samples,
 * with its files and the types of its columns. A function of the manifest. Its YAML is block style down to values that are
 * JSON, which YAML holds: strings are quoted and escaped by that.
 */
final class DatasetCard {
    /** Tables of more files are named by a pattern: a home of 100 million samples has thousands. */
    private static final int MOST_FILES_BY_NAME = 100;

    private static final String FIRST = "---\n# rela-convert writes these lines anew whenever it changes the home.\n";
    private static final String METADATA_END =
            "# What stands below stays: license, tags, and whatever else belongs here.\n";
    private static final String TEXT_BEGIN = "---\n";
    private static final String TEXT_END =
            "<!-- rela-convert writes what stands above anew; what stands below stays. -->\n";

    /** What JSON may hold as it is, and YAML 1.1 takes for the end of a line or refuses. */
    private static final Pattern NOT_IN_YAML = Pattern.compile("[\\x7f-\\xa0\\u2028\\u2029\\ufeff\\ufffe\\uffff]");

    /**
     * What people have added to a card.
     *
     * @param metadata lines of YAML
     * @param text Markdown
     */
    record Additions(String metadata, String text) {
        /** Nothing. */
        static final Additions NONE = new Additions("", "");
    }

    /**
     * A table as {@code datasets} shows it.
     *
     * @param name of the configuration
     * @param table in the home
     * @param vector number of values of its lists; empty where it has none
     */
    private record Config(String name, String table, TableSchema schema, OptionalInt vector) {}

    private final Manifest manifest;
    private final ConversionRecord conversion;
    private final Epochs epochs;

    private DatasetCard(Manifest manifest, ConversionRecord conversion, Epochs epochs) {
        this.manifest = manifest;
        this.conversion = conversion;
        this.epochs = epochs;
    }

    /**
     * The whole card.
     *
     * @param root of the home, for messages
     * @return empty for a home without targets
     */
    static Optional<String> text(Manifest manifest, Path root, Additions additions) {
        Optional<ConversionRecord> conversion = manifest.newest(ConversionRecord.class);
        if (conversion.isEmpty() || rows(manifest, Tables.TARGETS.name()) == 0) {
            return Optional.empty();
        }
        DatasetCard card = new DatasetCard(manifest, conversion.get(), new Epochs(manifest, root));
        return Optional.of(FIRST
                + card.metadata()
                + METADATA_END
                + additions.metadata()
                + TEXT_BEGIN
                + card.prose()
                + TEXT_END
                + additions.text());
    }

    /** What people have added to a card that this class made; empty for any other text. */
    static Optional<Additions> additions(String card) {
        int metadata = card.indexOf("\n" + METADATA_END);
        int prose = metadata < 0 ? -1 : card.indexOf("\n" + TEXT_BEGIN, metadata);
        int end = prose < 0 ? -1 : card.indexOf("\n" + TEXT_END, prose);
        return end < 0 || !card.startsWith(FIRST)
                ? Optional.empty()
                : Optional.of(new Additions(
                        card.substring(metadata + 1 + METADATA_END.length(), prose + 1),
                        card.substring(end + 1 + TEXT_END.length())));
    }

    private String metadata() {
        StringBuilder yaml = new StringBuilder("configs:\n");
        List<Config> configs = configs();
        for (Config config : configs) {
            yaml.append("- config_name: ").append(config.name()).append('\n');
            if (config.table().equals(Tables.TARGETS.name())) {
                yaml.append("  default: true\n");
            }
            yaml.append("  data_files:\n");
            paths(config.table())
                    .forEach(path -> yaml.append("  - ").append(json(path)).append('\n'));
        }
        yaml.append("dataset_info:\n");
        Map<TableSchema, String> written = new LinkedHashMap<>();
        for (Config config : configs) {
            yaml.append("- config_name: ").append(config.name()).append('\n');
            yaml.append("  features: ").append(features(config, written)).append('\n');
            yaml.append("  splits:\n  - ").append(json(split(config.table()))).append('\n');
        }
        return yaml.toString();
    }

    /** Tables of samples: those of one row, which hold axes and linear maps, are none. */
    private List<Config> configs() {
        OptionalInt target = OptionalInt.of(conversion.projection().dimensions());
        OptionalInt feature = OptionalInt.of(conversion.prior().outputDimension());
        List<Config> all = new ArrayList<>();
        TableSchema targets = conversion.keepsImages() ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
        all.add(new Config(targets.name(), targets.name(), targets, target));
        all.add(new Config(Tables.FEATURES.name(), Tables.FEATURES.name(), Tables.FEATURES, feature));
        all.add(new Config(Tables.REJECTS.name(), Tables.REJECTS.name(), Tables.REJECTS, OptionalInt.empty()));
        all.add(new Config(Tables.CLUSTERS.name(), Tables.CLUSTERS.name(), Tables.CLUSTERS, OptionalInt.empty()));
        for (int epoch : lossEpochs()) {
            String table = Tables.epoch(Tables.LOSSES, epoch);
            all.add(new Config("losses-epoch-" + epoch, table, Tables.LOSSES, OptionalInt.empty()));
        }
        for (int epoch : subsetEpochs()) {
            TableSchema schema =
                    epochs.subsets().get(epoch).subset().settings().columns().schema();
            all.add(new Config("subset-epoch-" + epoch, Tables.epoch(schema, epoch), schema, target));
        }
        all.removeIf(config -> rows(config.table()) == 0);
        return all;
    }

    private List<Integer> lossEpochs() {
        return epochs.losses().keySet().stream()
                .filter(epoch -> rows(Tables.epoch(Tables.LOSSES, epoch)) > 0)
                .toList();
    }

    private List<Integer> subsetEpochs() {
        return epochs.subsets().keySet().stream()
                .filter(epoch -> rows(Tables.epoch(Tables.SUBSET, epoch)) > 0)
                .toList();
    }

    private long rows(String table) {
        return rows(manifest, table);
    }

    /** Number of rows; 0 without such a table. Of no rows datasets says but that they correspond to no data: they are left out. */
    private static long rows(Manifest manifest, String table) {
        return manifest.tables().getOrDefault(table, List.of()).stream()
                .mapToLong(TableFile::rows)
                .sum();
    }

    private List<String> paths(String table) {
        List<TableFile> files = manifest.tables().get(table);
        return files.size() > MOST_FILES_BY_NAME
                ? List.of(table + "/*.parquet")
                : files.stream().map(TableFile::path).toList();
    }

    /** The row count, which {@code datasets} checks after it has read a table whole; the bytes are those of the files. */
    private Map<String, Object> split(String table) {
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("name", "train");
        split.put(
                "num_bytes",
                manifest.tables().get(table).stream()
                        .mapToLong(TableFile::bytes)
                        .sum());
        split.put("num_examples", rows(table));
        return split;
    }

    /** The types of a table's columns. Of equal tables the first one's are written out, the others refer to them. */
    private String features(Config config, Map<TableSchema, String> written) {
        String known = written.get(config.schema());
        if (known != null) {
            return "*" + known;
        }
        String anchor = "features" + (written.size() + 1);
        written.put(config.schema(), anchor);
        return config.schema().columns().stream()
                .map(column -> "\n  - " + json(feature(column, config.vector())))
                .collect(Collectors.joining("", "&" + anchor, ""));
    }

    private Map<String, Object> feature(Column column, OptionalInt vector) {
        Map<String, Object> feature = new LinkedHashMap<>();
        feature.put("name", column.name());
        switch (column.type()) {
            case LONG -> feature.put("dtype", "int64");
            case INT -> feature.put("dtype", column.name().equals(Tables.LABEL) ? label() : "int32");
            case FLOAT -> feature.put("dtype", "float32");
            case DOUBLE -> feature.put("dtype", "float64");
            case STRING -> feature.put("dtype", "string");
            case IMAGE -> feature.put("dtype", "image");
            case FLOATS -> {
                // The first key after the name says what it is: the other one stands behind it.
                feature.put("sequence", "float32");
                feature.put("length", vector.orElseThrow());
            }
        }
        return feature;
    }

    /** {@code datasets} wants the names of classes to differ. */
    private Object label() {
        List<String> names = manifest.classNames();
        if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
            return "int32";
        }
        Map<String, String> byNumber = new LinkedHashMap<>();
        IntStream.range(0, names.size()).forEach(label -> byNumber.put(String.valueOf(label), names.get(label)));
        return Map.of("class_label", Map.of("names", byNumber));
    }

    private static String json(Object value) {
        return NOT_IN_YAML
                .matcher(Json.line(value))
                .replaceAll(
                        found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    private String prose() {
        Counts counts = conversion.counts();
        ConversionRecord.ProjectionInfo projection = conversion.projection();
        ModelInfo prior = conversion.prior();
        return String.format(
                Locale.ROOT,
                """

                # Pictures with representation targets

                Made by rela-convert (ReLA, NeurIPS 2024): a target is what a prior makes of a picture, on fewer axes.

                | | |
                | --- | --- |
                | pictures | %d listed, %d with a target, %d rejected; classes with a name: %d |
                | prior | %s, SHA-256 `%s`: %d values of %d × %d pixels |
                | targets | %d values, axes `%s`, %.1f%% of the variance |

                ```python
                from datasets import load_dataset

                targets = load_dataset("path/of/this/folder", split="train")
                %s```

                | configuration | rows | a row is |
                | --- | --- | --- |
                %s
                `manifest.json` tells the whole history. Nothing here says under which licence the pictures are.

                """,
                counts.listed(),
                counts.converted(),
                counts.rejected(),
                manifest.classNames().size(),
                code(prior.uri()),
                prior.sha256(),
                prior.outputDimension(),
                prior.inputSize(),
                prior.inputSize(),
                projection.dimensions(),
                projection.kind(),
                100 * projection.explainedVariance(),
                subsetEpochs().stream()
                        .reduce((first, second) -> second)
                        .map(
                                "subset = load_dataset(\"path/of/this/folder\", \"subset-epoch-%d\", split=\"train\")\n"
                                        ::formatted)
                        .orElse(""),
                rowsOfTables());
    }

    private String rowsOfTables() {
        StringBuilder table = new StringBuilder();
        line(
                table,
                Tables.TARGETS,
                " (default)",
                "a sample: where its picture lies, its class, its target"
                        + (conversion.keepsImages() ? ", its picture" : ""));
        line(table, Tables.FEATURES, "", "what the prior makes of a sample");
        line(table, Tables.REJECTS, "", "a picture that has no target, and why");
        line(table, Tables.CLUSTERS, "", "a sample's pseudo-class");
        line(table, "losses", lossEpochs(), "the loss of a sample in epoch E");
        line(table, "subset", subsetEpochs(), "a sample chosen for epoch E, its loss and its weight");
        return table.toString();
    }

    private void line(StringBuilder table, TableSchema schema, String more, String what) {
        long rows = rows(schema.name());
        if (rows > 0) {
            table.append(String.format(Locale.ROOT, "| `%s`%s | %d | %s |\n", schema.name(), more, rows, what));
        }
    }

    private static void line(StringBuilder table, String name, List<Integer> epochs, String what) {
        if (!epochs.isEmpty()) {
            table.append(String.format("| `%s-epoch-E`, E: %s | | %s |\n", name, ranges(epochs), what));
        }
    }

    /** Ascending numbers, runs of them shortened: 0–29, 35. */
    private static String ranges(List<Integer> ascending) {
        List<String> ranges = new ArrayList<>();
        Integer first = null;
        Integer last = null;
        for (Integer number : ascending) {
            if (last == null || number != last + 1) {
                addRange(ranges, first, last);
                first = number;
            }
            last = number;
        }
        addRange(ranges, first, last);
        return String.join(", ", ranges);
    }

    private static void addRange(List<String> ranges, Integer first, Integer last) {
        if (first != null) {
            ranges.add(first.equals(last) ? first.toString() : first + "–" + last);
        }
    }

    /** The last part of a URI as code in a line of Markdown. */
    private static String code(String uri) {
        String name = uri.replaceAll("/+$", "").replaceAll(".*/", "");
        return "`" + name.replaceAll("[`|\\p{Cntrl}]", "?") + "`";
    }
}
