package io.rela.embed;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.table.IndexRange;
import io.rela.table.Json;
import io.rela.table.ManifestRecord.Fingerprint;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The progress of a {@code convert} or {@code score}: what it is doing, and one small file for each finished wave, which names the wave's
 * data files. What no such file names does not exist for readers of the progress. Driver only; safe for threads.
 */
public final class WaveStore {
    private static final TypeReference<State> STATE = new TypeReference<>() {};
    private static final TypeReference<Kept> KEPT = new TypeReference<>() {};
    private static final TypeReference<List<TaskReport>> REPORTS = new TypeReference<>() {};

    private final FileSystem fs;
    private final Path folder;

    /** Progress kept in {@code folder}, which need not exist. */
    public WaveStore(FileSystem fs, Path folder) {
        this.fs = fs;
        this.folder = folder;
    }

    /**
     * What the unfinished command is doing.
     *
     * @param identity the settings that decide the result
     * @param source the pictures
     * @param plan how they are cut
     */
    public record State(Map<String, String> identity, Fingerprint source, WavePlan plan) {
        public State {
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(plan, "plan");
        }
    }

    /** A listing with its files' names in place of their paths: homes move. */
    private record Kept(List<RangedFiles.File> files, long bytes) {
        Kept {
            Objects.requireNonNull(files, "files");
        }
    }

    /**
     * The unfinished command, if there is one.
     *
     * @throws io.rela.RelaException when its file is damaged
     */
    public Optional<State> state() {
        return read(stateFile(), STATE);
    }

    private <T> Optional<T> read(Path file, TypeReference<T> type) {
        try {
            return Optional.of(Json.read(fs, file, type));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets whatever was there and begins anew. */
    public void begin(State state) {
        try {
            fs.delete(folder, true);
            fs.mkdirs(new Path(folder, EmbedOutput.FEATURES));
            fs.mkdirs(new Path(folder, EmbedOutput.REJECTS));
            fs.mkdirs(new Path(folder, "waves"));
            Json.replace(fs, stateFile(), state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Keeps the listing that the waves are cut from: when pictures are gone later, it is the only one that has them.
     *
     * @param listed the listing
     * @param from the folder that holds all of its files; moves
     * @return the same listing where it is now
     */
    public ListingStep.Listed keepListing(ListingStep.Listed listed, Path from) {
        try {
            if (!fs.rename(from, listing())) {
                throw new IOException(from + " could not be renamed to " + listing());
            }
            Kept kept = new Kept(
                    listed.files().files().stream()
                            .map(file ->
                                    new RangedFiles.File(new Path(file.path()).getName(), file.range(), file.rows()))
                            .toList(),
                    listed.bytes());
            Json.replace(fs, listingFile(), kept);
            return listed(kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The listing that was kept, if one was. */
    public Optional<ListingStep.Listed> keptListing() {
        return read(listingFile(), KEPT).map(this::listed);
    }

    private ListingStep.Listed listed(Kept kept) {
        return new ListingStep.Listed(
                RangedFiles.of(kept.files().stream()
                        .map(file -> new RangedFiles.File(
                                new Path(listing(), file.path()).toString(), file.range(), file.rows()))
                        .toList()),
                kept.bytes());
    }

    /** The reports of a finished wave; empty when it has to be done. */
    public Optional<List<TaskReport>> wave(IndexRange wave) {
        return read(waveFile(wave), REPORTS);
    }

    /** Makes a wave finished. */
    public void finish(IndexRange wave, List<TaskReport> reports) {
        try {
            Json.replace(fs, waveFile(wave), reports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the files that killed or repeated tasks have left. */
    public void deleteOrphans(List<TaskReport> reports) {
        new TableFolder(fs, new Path(folder, EmbedOutput.FEATURES))
                .keepOnly(reports.stream().map(TaskReport::features).toList());
        new TableFolder(fs, new Path(folder, EmbedOutput.REJECTS))
                .keepOnly(reports.stream().map(TaskReport::rejects).toList());
    }

    /** The files of features that the reports name. */
    public RangedFiles features(List<TaskReport> reports) {
        Path features = new Path(folder, EmbedOutput.FEATURES);
        return RangedFiles.of(reports.stream()
                .filter(report -> report.features() != null)
                .map(report -> new RangedFiles.File(
                        new Path(features, report.features()).toString(), report.range(), report.converted()))
                .toList());
    }

    /** The folder that holds everything. */
    public Path folder() {
        return folder;
    }

    private Path stateFile() {
        return new Path(folder, "state.json");
    }

    private Path listing() {
        return new Path(folder, "listing");
    }

    private Path listingFile() {
        return new Path(folder, "listing.json");
    }

    private Path waveFile(IndexRange wave) {
        return new Path(new Path(folder, "waves"), String.format("%012d.json", wave.first()));
    }
}
