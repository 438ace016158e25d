package io.rela.report;

import io.rela.home.DatasetHome;
import io.rela.home.TableFiles;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Epochs;
import io.rela.manifest.SourceSettings;
import io.rela.run.CommandRun;
import io.rela.source.ImageSource;
import io.rela.source.InputFormat;
import io.rela.source.Sample;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** Chooses the pictures of a report: at most 100 in five strips. Driver only, used once. */
final class Strips {
    /** Pictures of a strip. */
    static final int MOST_TILES = 20;

    private static final int MOST_DETAIL = 120;

    private final CommandRun run;
    private final HomeStatistics statistics;
    private final DatasetHome home;
    private final Epochs epochs;
    private final PictureStep step;
    private final Optional<ImageSource> source;

    private Strips(HomeStatistics statistics, CommandRun run) {
        this.run = run;
        this.statistics = statistics;
        this.home = statistics.home();
        this.epochs = statistics.epochs();
        this.step = new PictureStep(run.spark());
        this.source = source();
    }

    /** The samples of a strip before they are looked up. */
    private record Chosen(String name, String about, List<Long> indices) {}

    /** The strips that there is something for. */
    static List<Strip> of(HomeStatistics statistics, CommandRun run) {
        return new Strips(statistics, run).all();
    }

    private List<Strip> all() {
        List<Chosen> chosen = statistics
                .part("choice of pictures", () -> Optional.of(chosen()))
                .orElse(List.of());
        List<Strip> strips = new ArrayList<>(
                statistics.part("pictures", () -> Optional.of(filled(chosen))).orElse(List.of()));
        statistics.part("rejected pictures", this::rejected).ifPresent(strips::add);
        return strips;
    }

    private List<Chosen> chosen() {
        List<Chosen> chosen = new ArrayList<>();
        EpochStep passes = statistics.step();
        if (!epochs.losses().isEmpty()) {
            int epoch = epochs.losses().lastKey();
            chosen.add(new Chosen(
                    "Hardest", "The largest losses of epoch " + epoch + ".", passes.byLoss(epoch, true, MOST_TILES)));
            chosen.add(new Chosen(
                    "Easiest", "The smallest losses of epoch " + epoch + ".", passes.byLoss(epoch, false, MOST_TILES)));
        }
        if (!epochs.subsets().isEmpty()) {
            int epoch = epochs.subsets().lastKey();
            chosen.add(new Chosen(
                    "Kept", "Some of the subset of epoch " + epoch + ", by chance.", passes.kept(epoch, MOST_TILES)));
            chosen.add(new Chosen(
                    "Dropped",
                    "Some that the subset of epoch " + epoch + " does not have, by chance.",
                    passes.dropped(epoch, MOST_TILES)));
        }
        if (chosen.isEmpty()) {
            chosen.add(new Chosen("Some", "Some of the set, by chance.", passes.some(MOST_TILES)));
        }
        return chosen;
    }

    private List<Strip> filled(List<Chosen> chosen) {
        ConversionRecord conversion = epochs.conversion();
        long[] wanted = chosen.stream()
                .flatMap(strip -> strip.indices().stream())
                .mapToLong(Long::longValue)
                .distinct()
                .sorted()
                .toArray();
        RangedFiles targets = TableFiles.listed(home, statistics.manifest(), Tables.TARGETS.name());
        Map<Long, Tile> tiles = step.samples(
                targets, conversion.keepsImages(), conversion.keepsImages() ? Optional.empty() : source, wanted);
        Map<Long, Float> losses = epochs.losses().isEmpty()
                ? Map.of()
                : step.losses(
                        TableFiles.listed(
                                home,
                                statistics.manifest(),
                                Tables.epoch(Tables.LOSSES, epochs.losses().lastKey())),
                        wanted);
        return chosen.stream()
                .filter(strip -> !strip.indices().isEmpty())
                .map(strip -> new Strip(strip.name(), strip.about(), tiles(strip.indices(), tiles, losses)))
                .toList();
    }

    /** The tiles of samples in this order; without those that another command took away since they were chosen. */
    static List<Tile> tiles(List<Long> indices, Map<Long, Tile> tiles, Map<Long, Float> losses) {
        return indices.stream()
                .map(tiles::get)
                .filter(Objects::nonNull)
                .map(tile -> tile.with(losses.get(tile.index())))
                .toList();
    }

    private Optional<Strip> rejected() {
        Map<Sample, String> reasons = new LinkedHashMap<>();
        for (Row row : statistics.step().rejects(MOST_TILES)) {
            reasons.put(
                    new Sample(
                            row.<Long>getAs(Tables.INDEX),
                            row.getAs(Tables.ID),
                            row.getAs(Tables.URI),
                            null,
                            row.<Long>getAs(Tables.LENGTH),
                            null,
                            null),
                    row.getAs(Tables.REASON) + ": " + Text.shortened(row.getAs(Tables.DETAIL), MOST_DETAIL));
        }
        // A reject does not say where in a tar shard it lies.
        Optional<ImageSource> readable = source.filter(from -> from.format() != InputFormat.TAR);
        Map<Long, Tile> tiles = step.rejects(readable, List.copyOf(reasons.keySet()));
        return reasons.isEmpty()
                ? Optional.empty()
                : Optional.of(new Strip(
                        "Rejected",
                        "Some of the pictures that came to nothing, and why.",
                        reasons.keySet().stream()
                                .map(sample -> tiles.get(sample.index()).rejected(reasons.get(sample)))
                                .toList()));
    }

    private Optional<ImageSource> source() {
        SourceSettings from = epochs.conversion().settings().source();
        try {
            return Optional.of(ImageSource.open(from.input(), from.inputFormat(), from.columns(), run.hadoop()));
        } catch (RuntimeException e) {
            run.say("Without the pictures of " + from.input() + ", which cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
