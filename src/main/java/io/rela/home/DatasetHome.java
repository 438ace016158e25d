package io.rela.home;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.Json;
import io.rela.table.Tables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * A dataset home: the folder that holds the tables and the manifest. Tables are made in a hidden folder beside them and
 * appear by renaming, listed beforehand in a journal; a commit that was cut off is completed by the next command. Driver
 * only, one thread.
 */
public final class DatasetHome {
    private static final String MANIFEST = "manifest.json";
    private static final String HIDDEN = ".rela";
    private static final TypeReference<List<ManifestRecord>> RECORDS = new TypeReference<>() {};
    private static final TypeReference<Journal> JOURNAL = new TypeReference<>() {};

    /** What a commit is going to do: tables to move from the staging folder, then the manifest as it will be. */
    private record Journal(String staging, List<String> tables, List<String> removed, List<ManifestRecord> manifest) {
        Journal {
            removed = removed == null ? List.of() : removed;
        }
    }

    private final FileSystem fs;
    private final Path root;
    private boolean made;
    private HomeLock lock;

    private DatasetHome(FileSystem fs, Path root) {
        this.fs = fs;
        this.root = root;
    }

    /**
     * The home at {@code uri}, whether it exists or not.
     *
     * @throws RelaException when no file system answers to the URI, or it is a pattern
     */
    public static DatasetHome at(String uri, Configuration conf) {
        if (SparkHadoopUtil.get().isGlobPath(new Path(uri))) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--home " + uri + " has one of {}[]*?\\ in its name, which Spark takes for a pattern of several"
                            + " folders. Name another folder.");
        }
        try {
            Path path = new Path(uri);
            FileSystem fs = path.getFileSystem(conf);
            // Hadoop's checksum files would be renamed apart from what they belong to.
            return new DatasetHome(fs instanceof LocalFileSystem local ? local.getRaw() : fs, fs.makeQualified(path));
        } catch (IOException | RuntimeException e) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--home " + uri + " cannot be reached (" + e.getMessage() + "). Name a folder on a file system that"
                            + " Hadoop knows here.",
                    e);
        }
    }

    /** The qualified path of the home. */
    public Path root() {
        return root;
    }

    /** The folder of a table, by its name. */
    public Path table(String name) {
        return new Path(root, name);
    }

    /** The hidden folder in which a command makes its tables and keeps its progress. */
    public Path staging(String command) {
        return new Path(new Path(root, HIDDEN), command);
    }

    /** The file system that the home lies on. */
    public FileSystem fileSystem() {
        return fs;
    }

    /**
     * All records, oldest first; empty when no command has finished here.
     *
     * @throws RelaException when the file is damaged
     */
    public List<ManifestRecord> manifest() {
        Path file = new Path(root, MANIFEST);
        try {
            List<ManifestRecord> records = Json.read(fs, file, RECORDS);
            if (records == null || records.stream().anyMatch(record -> record == null || !record.isWhole())) {
                throw Json.damaged(file, "a record lacks a part", null);
            }
            return records;
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a commit was cut off, which {@link #prepare} would complete. */
    public boolean isCutOff() {
        try {
            return fs.exists(journal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest record of a command. */
    public Optional<ManifestRecord> newest(String command) {
        return manifest().stream().filter(r -> r.command().equals(command)).reduce((a, b) -> b);
    }

    /** The first of these tables that is not there. */
    public Optional<String> missing(List<String> tables) {
        try {
            for (String table : tables) {
                if (!fs.exists(table(table))) {
                    return Optional.of(table);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes sure that the home is ours and can be written, keeps other commands out of it until {@link #leave}, and
     * completes a commit that was cut off.
     *
     * @throws RelaException when the folder holds something else, cannot be written, or another command works in it
     */
    public void prepare() {
        try {
            made = !fs.exists(root);
            if (!made) {
                refuseForeign();
            }
            Path hidden = new Path(root, HIDDEN);
            fs.mkdirs(hidden);
            lock = HomeLock.take(fs, new Path(hidden, "lock"));
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "--home " + root + " cannot be written (" + e.getMessage() + "). Name a folder that can.",
                    e);
        }
        try {
            if (isCutOff()) {
                complete(cutOff());
            }
        } catch (IOException | RuntimeException e) {
            giveFree();
            throw e instanceof RuntimeException unchecked ? unchecked : new UncheckedIOException((IOException) e);
        }
    }

    private Journal cutOff() throws IOException {
        Journal journal = Json.read(fs, journal(), JOURNAL);
        if (journal == null || journal.staging() == null || journal.tables() == null || journal.manifest() == null) {
            throw Json.damaged(journal(), "it lacks a part", null);
        }
        return journal;
    }

    private void giveFree() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock expires; what went wrong before is what a person should hear of.
            return;
        }
    }

    /**
     * Deletes a staging folder and gives the home free; what {@link #prepare} made goes, unless it is in use now. The staging
     * folder of a commit that failed half way stays: the next command needs it.
     */
    public void leave(Path staging) {
        try {
            if (!isCutOff()) {
                fs.delete(staging, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        leave();
    }

    /** Gives the home free; what was staged stays. */
    public void leave() {
        try {
            lock.close();
            removeIfEmpty(new Path(root, HIDDEN));
            if (made) {
                removeIfEmpty(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes staged tables visible and adds a record. The journal's creation is the point of no return: before it nothing
     * has changed, after it the commit will be completed, by this process or by the next.
     *
     * @param staging the folder that holds one folder a table
     * @param tables names of the tables, such as {@code targets} or {@code losses/epoch=7}; each replaces the one that is there
     * @param removed names of tables that no longer hold for the new ones; they go, where they are
     * @param record describes the command
     */
    public void commit(Path staging, List<String> tables, List<String> removed, ManifestRecord record) {
        try {
            lock.requireHeld();
            for (String table : tables) {
                if (!fs.exists(new Path(staging, table))) {
                    throw new IllegalStateException("No staged table " + table + " in " + staging);
                }
            }
            List<ManifestRecord> records = new ArrayList<>(manifest());
            records.add(record);
            Journal journal = new Journal(staging.getName(), tables, removed, records);
            Json.replace(fs, journal(), journal);
            complete(journal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void complete(Journal journal) throws IOException {
        Path staging = staging(journal.staging());
        for (String table : journal.removed()) {
            setAside(table, staging);
        }
        for (String table : journal.tables()) {
            Path staged = new Path(staging, table);
            if (fs.exists(staged)) {
                setAside(table, staging);
                fs.mkdirs(table(table).getParent());
                rename(staged, table(table));
            }
        }
        Json.replace(fs, new Path(root, MANIFEST), journal.manifest());
        // The journal goes last: while it is there, all of this is done again.
        fs.delete(staging, true);
        fs.delete(journal(), false);
    }

    /** Deleting takes a while, and a reader would see half of the table. */
    private void setAside(String table, Path staging) throws IOException {
        if (fs.exists(table(table))) {
            rename(table(table), new Path(staging, "replaced-" + table.replace('/', '-')));
        }
    }

    private void rename(Path from, Path to) throws IOException {
        if (!fs.rename(from, to)) {
            throw new IOException(from + " could not be renamed to " + to);
        }
    }

    private void removeIfEmpty(Path folder) throws IOException {
        if (fs.exists(folder) && fs.listStatus(folder).length == 0) {
            fs.delete(folder, false);
        }
    }

    private Path journal() {
        return new Path(new Path(root, HIDDEN), "commit.json");
    }

    private void refuseForeign() throws IOException {
        if (!fs.getFileStatus(root).isDirectory()) {
            throw new RelaException(ExitCode.SETTINGS, "--home " + root + " is a file. Name a folder.");
        }
        FileStatus[] found = fs.listStatus(root);
        for (FileStatus status : found) {
            if (status.getPath().getName().equals(MANIFEST)
                    || status.getPath().getName().equals(HIDDEN)) {
                return;
            }
        }
        if (found.length > 0) {
            throw new RelaException(
                    ExitCode.HOME,
                    "--home " + root + " is no dataset home: it holds "
                            + found[0].getPath().getName() + " and no " + MANIFEST
                            + ". Name an empty or a new folder.");
        }
    }
}
