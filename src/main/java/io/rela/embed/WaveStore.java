package io.rela.embed;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.source.Fingerprint;
import io.rela.storage.UploadGoneException;
import io.rela.table.IndexRange;
import io.rela.table.Json;
import io.rela.table.RangedFiles;
import io.rela.table.TableFolder;
import io.rela.table.TableReader;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The progress of a command that embeds: what it is doing, and one small file for each finished wave, which names the wave's
 * data files. What no such file names does not exist for readers of the progress. Driver only; safe for threads.
 *
 * @param <I> the settings that decide the result
 */
public final class WaveStore<I> {
    private static final TypeReference<Kept> KEPT = new TypeReference<>() {};
    private static final TypeReference<List<TaskReport>> REPORTS = new TypeReference<>() {};

    private static final TableSchema EXAMPLE = Tables.REJECTS.only(Tables.ID, Tables.REASON, Tables.DETAIL);
    private static final int LONGEST_DETAIL = 120;

    private final FileSystem fs;
    private final Path folder;
    private final TableFolder features;
    private final TableFolder rejects;
    private final Class<I> identity;

    /** Progress kept in {@code folder}, which need not exist, features included. */
    public WaveStore(FileSystem fs, Path folder, Class<I> identity) {
        this(new TableFolder(fs, new Path(folder, EmbedOutput.FEATURES)), identity);
    }

    /**
     * Progress kept in a folder, which need not exist.
     *
     * @param features the folder of features below it
     * @param identity of the settings that decide the result
     */
    public WaveStore(TableFolder features, Class<I> identity) {
        this.fs = features.fs();
        this.folder = features.path().getParent();
        this.features = features;
        this.rejects = new TableFolder(fs, new Path(folder, EmbedOutput.REJECTS));
        this.identity = identity;
    }

    /**
     * What the unfinished command is doing.
     *
     * @param <I> the settings that decide the result
     * @param identity the same
     * @param source the pictures
     * @param plan how they are cut
     */
    public record State<I>(I identity, Fingerprint source, WavePlan plan) {
        public State {
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(plan, "plan");
        }
    }

    /** A listing with its files' names in place of their paths: homes move. */
    private record Kept(List<RangedFiles.File> files, long bytes, List<String> classNames) {
        Kept {
            Objects.requireNonNull(files, "files");
            Objects.requireNonNull(classNames, "classNames");
        }
    }

    /**
     * The unfinished command, if there is one.
     *
     * @throws io.rela.RelaException when its file is damaged
     */
    public Optional<State<I>> state() {
        return read(() -> Json.<State<I>>read(fs, stateFile(), State.class, identity));
    }

    /** Reads a file. */
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> Optional<T> read(Reading<T> file) {
        try {
            return Optional.of(file.read());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets whatever was there and begins anew. */
    public void begin(State<I> state) {
        forget();
        try {
            fs.mkdirs(features.path());
            fs.mkdirs(rejects.path());
            fs.mkdirs(new Path(folder, "waves"));
            Json.replace(fs, stateFile(), state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets whatever was there. */
    public void forget() {
        try {
            TableFolder.discard(fs, folder);
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
    public Listed keepListing(Listed listed, Path from) {
        try {
            if (!fs.rename(from, listing())) {
                throw new IOException(from + " could not be renamed to " + listing());
            }
            Kept kept = new Kept(
                    listed.files().files().stream()
                            .map(file ->
                                    new RangedFiles.File(new Path(file.path()).getName(), file.range(), file.rows()))
                            .toList(),
                    listed.bytes(),
                    listed.classNames());
            Json.replace(fs, listingFile(), kept);
            return listed(kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The listing that was kept, if one was. */
    public Optional<Listed> keptListing() {
        return read(() -> Json.read(fs, listingFile(), KEPT)).map(this::listed);
    }

    private Listed listed(Kept kept) {
        return new Listed(
                RangedFiles.of(kept.files().stream()
                        .map(file -> new RangedFiles.File(
                                new Path(listing(), file.path()).toString(), file.range(), file.rows()))
                        .toList()),
                kept.bytes(),
                kept.classNames());
    }

    /** The reports of a finished wave; empty when it has to be done. */
    public Optional<List<TaskReport>> wave(IndexRange wave) {
        return read(() -> Json.read(fs, waveFile(wave), REPORTS));
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
        features.keepOnly(reports.stream().map(TaskReport::features).toList());
        rejects.keepOnly(reports.stream().map(TaskReport::rejects).toList());
    }

    /**
     * Examples of what was rejected, in the order of the files: id, reason and detail. What a running task is still writing is
     * passed over.
     *
     * @param files names of files of rejects; empty for whatever is there
     * @param most examples, at most
     */
    public List<String> rejectExamples(Optional<List<String>> files, int most) {
        Path rejected = rejects.path();
        List<String> examples = new ArrayList<>();
        for (String file : files.orElseGet(() -> names(rejected))) {
            try (TableReader reader = new TableReader(EXAMPLE, new Path(rejected, file), fs.getConf())) {
                for (Object[] row = reader.next(); row != null && examples.size() < most; row = reader.next()) {
                    examples.add(example((String) row[0], (String) row[1], (String) row[2]));
                }
            } catch (IOException | RuntimeException e) {
                continue;
            }
            if (examples.size() == most) {
                break;
            }
        }
        return examples;
    }

    /** One of the pictures that were rejected, for a message. */
    static String example(String id, String reason, String detail) {
        return id + " (" + reason + ": " + abbreviated(detail) + ")";
    }

    private static String abbreviated(String detail) {
        String line = detail.lines().findFirst().orElse("");
        return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
    }

    private List<String> names(Path of) {
        try {
            return Arrays.stream(fs.listStatus(of))
                    .map(status -> status.getPath().getName())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What tasks are told of where their files go. */
    public EmbedOutput.Places places() {
        return new EmbedOutput.Places(features.place(), rejects.place());
    }

    /**
     * The files of features that the reports name, readable from now on.
     *
     * @throws RelaException when what a wave has uploaded is gone; the waves are then not finished any more
     */
    public RangedFiles features(List<TaskReport> reports) {
        Path readable = readable();
        return RangedFiles.of(reports.stream()
                .filter(report -> report.features() != null)
                .map(report -> new RangedFiles.File(
                        new Path(readable, report.features()).toString(), report.range(), report.converted()))
                .toList());
    }

    private Path readable() {
        try {
            return features.readable();
        } catch (UploadGoneException e) {
            forget();
            throw new RelaException(
                    ExitCode.INPUT,
                    e.getMessage() + " What was made is lost with it. Run the command again, and have the rule leave"
                            + " uploads alone for as long as the command takes.",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
