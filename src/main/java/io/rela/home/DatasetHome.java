package io.rela.home;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.home.LockOwner.Purpose;
import io.rela.manifest.Change;
import io.rela.manifest.Manifest;
import io.rela.manifest.StagedTable;
import io.rela.storage.FileSystems;
import io.rela.storage.PartUpload;
import io.rela.storage.Renaming;
import io.rela.storage.StorageException;
import io.rela.table.Json;
import io.rela.table.TableFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dataset home: the folder that holds the tables and the manifest. Tables are made in a hidden folder beside them and
 * appear by renaming, listed beforehand in a journal; a commit that was cut off is completed by the next command. A command
 * holds the home for its whole work ({@link #prepare}), or one epoch, and the home while it commits ({@link #prepareEpoch}).
 * Driver only, one thread.
 */
public final class DatasetHome {
    private static final String MANIFEST = "manifest.json";
    private static final String HIDDEN = ".rela";
    private static final String EPOCH = "epoch=";
    private static final String EPOCH_LOCK = "lock-" + EPOCH;
    private static final Logger LOG = LoggerFactory.getLogger(DatasetHome.class);
    private static final TypeReference<JsonNode> TREE = new TypeReference<>() {};

    private static final String EPOCH_OUTPUTS = "outputs-" + EPOCH;

    /** A file or folder that commands of an epoch leave in the hidden folder. */
    private static final Pattern OF_EPOCH = Pattern.compile("(?:lock-|outputs-)?" + EPOCH + "(\\d+)");

    private final FileSystem fs;
    private final Path root;
    /** Whether tables are uploaded to where they belong, and show when that is completed: where a rename would copy them. */
    private final boolean uploads;

    private final HomeCommit commit = new HomeCommit(this);
    private boolean made;
    private String command;
    private LockWait wait;
    /** Of the home; null while it is not held. */
    private HomeLock homeLock;
    /** Of the epoch; null while none is held. */
    private HomeLock epochLock;

    private DatasetHome(FileSystem fs, Path root) throws IOException {
        this.fs = fs;
        this.root = root;
        this.uploads = Renaming.copies(fs, root) && PartUpload.isSupported(fs, root);
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
                    Flag.HOME + " " + uri
                            + " has one of {}[]*?\\ in its name, which Spark takes for a pattern of several"
                            + " folders. Name another folder.");
        }
        try {
            Path path = new Path(uri);
            FileSystem fs = FileSystems.of(path, conf);
            return new DatasetHome(fs, fs.makeQualified(path));
        } catch (RelaException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.HOME + " " + uri + " cannot be reached (" + e.getMessage()
                            + "). Name a folder on a file system that" + " Hadoop knows here.",
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

    /** What to read of a table: its folder, or the files that a manifest lists where others may lie beside them. */
    public String[] paths(Manifest manifest, String table) {
        if (!uploads) {
            return new String[] {table(table).toString()};
        }
        return manifest.files(table, root).stream()
                .map(file -> new Path(root, file.path()).toString())
                .toArray(String[]::new);
    }

    /**
     * The folder in which a table is made.
     *
     * @param staging of the command
     * @param table its name
     */
    public TableFolder folder(Path staging, String table) {
        return new TableFolder(fs, new Path(staging, table), uploads ? Optional.of(table(table)) : Optional.empty());
    }

    /** A folder of files that a command makes and that are not committed. */
    public TableFolder scratch(Path staging, String name) {
        return new TableFolder(fs, new Path(staging, name));
    }

    /** Whether files that the manifest does not list may lie beside those that it lists, on their way in or out. */
    public boolean holdsUnlisted() {
        return uploads;
    }

    /** The hidden folder in which a command makes its tables and keeps its progress. */
    public Path staging(String command) {
        return new Path(new Path(root, HIDDEN), command);
    }

    /** The hidden folder in which the commands of an epoch make its tables. */
    public Path staging(int epoch) {
        return staging(EPOCH + epoch);
    }

    /** The hidden folder in which a scoring keeps the learner's outputs, until its losses are committed. */
    public Path outputs(int epoch) {
        return staging(EPOCH_OUTPUTS + epoch);
    }

    /** The file system that the home lies on. */
    public FileSystem fileSystem() {
        return fs;
    }

    /**
     * What the home holds; {@link Manifest#EMPTY} when no command has finished here.
     *
     * @throws RelaException when the file is damaged, or of a format that this program does not know
     */
    public Manifest manifest() {
        Path file = manifestFile();
        try {
            JsonNode tree = Json.read(fs, file, TREE);
            int format = tree == null ? 0 : tree.path("format").asInt(0);
            if (format != Manifest.FORMAT) {
                throw otherFormat(file, format);
            }
            return Json.value(tree, Manifest.class, file);
        } catch (FileNotFoundException e) {
            return Manifest.EMPTY;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The manifest's file. */
    Path manifestFile() {
        return new Path(root, MANIFEST);
    }

    private static RelaException otherFormat(Path file, int format) {
        return new RelaException(
                ExitCode.HOME,
                format > Manifest.FORMAT
                        ? file + " has format " + format + ", this program knows format " + Manifest.FORMAT
                                + ". Use the newer program that wrote it."
                        : file + " is damaged, or of a program before format " + Manifest.FORMAT
                                + ". Restore it, or convert into a new home.");
    }

    /** Whether a commit was cut off, which {@link #prepare} would complete. */
    public boolean isCutOff() {
        try {
            return commit.isBegun();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** The first of these tables of which a file that the manifest lists is not there, or has another length. */
    public Optional<String> altered(Manifest manifest, List<String> tables) {
        try {
            for (String table : tables) {
                if (!manifest.holds(table) || !commit.isComplete(table, manifest)) {
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
     * @param command that asks, by its name
     * @param wait for other commands
     * @throws RelaException when the folder holds something else, cannot be written, or another command holds it
     */
    public void prepare(String command, LockWait wait) {
        begin(command, wait, () -> holdHome(Purpose.WORK));
    }

    /**
     * Makes sure that the home is ours and can be written, keeps other commands out of one epoch until {@link #leave}, and
     * completes a commit that was cut off. Commands of other epochs may work at the same time.
     *
     * @param command that asks, by its name
     * @param epoch to work on
     * @param alone whether all other commands are kept out of the home as well
     * @param wait for other commands
     * @throws RelaException when the folder holds something else, cannot be written, or another command holds the epoch, or
     *     the home for its whole work
     */
    public void prepareEpoch(String command, int epoch, boolean alone, LockWait wait) {
        begin(command, wait, () -> {
            epochLock = HomeLock.take(lockOf(epoch), LockOwner.me(command, Purpose.WORK), wait);
            if (alone) {
                holdHome(Purpose.WORK);
                return;
            }
            HomeLock.awaitNoWork(lockOfHome(), LockOwner.me(command, Purpose.WORK), wait);
            if (isCutOff()) {
                whileHeld(() -> {});
            }
        });
    }

    /**
     * Looks whether a command may work here; takes no lock and writes nothing.
     *
     * @throws RelaException when the folder is no dataset home
     */
    public void look() {
        try {
            if (fs.exists(root)) {
                refuseForeign();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What takes locks. */
    private interface Taking {
        void run() throws IOException;
    }

    private void begin(String asking, LockWait waiting, Taking locks) {
        command = asking;
        wait = waiting;
        try {
            made = !fs.exists(root);
            if (!made) {
                refuseForeign();
            }
            enter(locks);
        } catch (IOException e) {
            StorageException failure = StorageException.of(root.toString(), e);
            if (failure.kind() == StorageException.Kind.UNAVAILABLE
                    && !(fs instanceof RawLocalFileSystem)
                    && !(e instanceof PathIOException || e instanceof ParentNotDirectoryException)) {
                failure.addSuppressed(e);
                throw new UncheckedIOException(failure);
            }
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.HOME + " " + root + " cannot be written (" + e.getMessage() + "). Name a folder that can.",
                    e);
        }
    }

    private void enter(Taking locks) throws IOException {
        try {
            fs.mkdirs(new Path(root, HIDDEN));
            locks.run();
        } catch (IOException | RuntimeException e) {
            leave();
            throw e;
        }
    }

    /** Takes the home's lock, and completes a commit that was cut off. */
    private void holdHome(Purpose purpose) throws IOException {
        homeLock = HomeLock.take(lockOfHome(), LockOwner.me(command, purpose), wait);
        commit.completeBegun();
    }

    private LockFile lockOfHome() {
        return new LockFile(fs, new Path(new Path(root, HIDDEN), "lock"), root.toString());
    }

    private LockFile lockOf(int epoch) {
        return new LockFile(fs, new Path(new Path(root, HIDDEN), EPOCH_LOCK + epoch), "epoch " + epoch + " of " + root);
    }

    /**
     * Does something while no other command commits: under the lock that is held, or under one that is taken for it, after
     * whatever other commands have committed meanwhile.
     *
     * @throws RelaException with {@link ExitCode#BUSY} when another command holds the home for too long, and nothing was done
     */
    public void whileHeld(Runnable work) {
        if (homeLock != null) {
            work.run();
            return;
        }
        try {
            holdHome(Purpose.COMMIT);
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            homeLock = released(homeLock);
        }
    }

    /** Releases a lock, if there is one; null, to be written where the lock stood. */
    private static HomeLock released(HomeLock lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException | RuntimeException e) {
                // What the command made stands, and what it failed by is what a person should hear of.
                LOG.warn("A lock could not be released, and expires by itself: {}", e.toString());
            }
        }
        return null;
    }

    /**
     * Deletes staging folders and releases everything; what was made to begin goes, unless it is in use now. The staging
     * folder of a commit that failed half way stays: the next command needs it. So does one whose lock is lost: it is
     * another's.
     */
    public void leave(Path... staging) {
        HomeLock mine = epochLock != null ? epochLock : homeLock;
        try {
            if (mine != null && mine.isHeld() && !isCutOff()) {
                for (Path folder : staging) {
                    TableFolder.discard(fs, folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} could not be deleted: {}", List.of(staging), e.toString());
        }
        leave();
    }

    /** Releases everything; what was staged stays. */
    public void leave() {
        epochLock = released(epochLock);
        homeLock = released(homeLock);
        try {
            removeIfEmpty(new Path(root, HIDDEN));
            if (made) {
                removeIfEmpty(root);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Empty folders in {} could not be deleted: {}", root, e.toString());
        }
    }

    /** Deletes the outputs of a scoring that has no use for them any more. */
    public void removeOutputs(int epoch) {
        try {
            fs.delete(outputs(epoch), true);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} could not be deleted: {}", outputs(epoch), e.toString());
        }
    }

    /**
     * Deletes what commands that ended without cleaning up, and will not go on, have staged of epochs.
     *
     * @param which epochs
     */
    public void removeAbandoned(IntPredicate which) {
        try {
            Set<Integer> epochs = new TreeSet<>();
            for (FileStatus status : fs.listStatus(new Path(root, HIDDEN))) {
                Matcher epoch = OF_EPOCH.matcher(status.getPath().getName());
                if (epoch.matches()) {
                    epochs.add(Integer.valueOf(epoch.group(1)));
                }
            }
            for (int epoch : epochs) {
                if (which.test(epoch)) {
                    removeUnlessHeld(epoch);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("What was staged for epochs that are gone could not be deleted: {}", e.toString());
        }
    }

    private void removeUnlessHeld(int epoch) throws IOException {
        HomeLock lock;
        try {
            lock = HomeLock.take(lockOf(epoch), LockOwner.me(command, Purpose.WORK), LockWait.none());
        } catch (RelaException living) {
            return;
        }
        try {
            TableFolder.discard(fs, staging(epoch));
            fs.delete(outputs(epoch), true);
        } finally {
            lock.close();
        }
    }

    /**
     * Makes staged tables visible and adds a record to the manifest as it is now; within {@link #whileHeld}, or where the home is
     * held. The journal's creation is the point of no return: before it nothing has changed, after it the commit will be
     * completed, by this process or by the next.
     *
     * @param staging the folder that holds one folder a table
     * @param change what becomes visible, and what goes
     * @throws UncheckedIOException when the storage fails, and nothing has become visible
     * @throws RelaException when a lock is lost, with {@link ExitCode#BUSY}; when the storage fails after the commit was begun, or
     *     may have been, with {@link ExitCode#DOUBTFUL}
     */
    public void commit(Path staging, Change change) {
        try {
            List<String> tables = change.made().stream().map(StagedTable::name).toList();
            for (String table : tables) {
                if (!fs.exists(new Path(staging, table))) {
                    throw new IllegalStateException("No staged table " + table + " in " + staging);
                }
            }
            Conditional.Seen seen = commit.look();
            Manifest before = manifest();
            if (epochLock != null) {
                epochLock.requireHeld();
            }
            Objects.requireNonNull(homeLock, "A commit wants the home's lock").requireHeld();
            commit.make(staging, change.removed(), tables, seen, before, before.after(change));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the locks of a command that commits are still its own. */
    boolean isHeld() throws IOException {
        return homeLock != null && homeLock.isHeld() && (epochLock == null || epochLock.isHeld());
    }

    private void removeIfEmpty(Path folder) throws IOException {
        if (!fs.exists(folder) || fs.listStatus(folder).length > 0) {
            return;
        }
        if (fs instanceof RawLocalFileSystem local) {
            // Hadoop would delete, with the folder, what another command has put there since the look.
            removeFolder(local.pathToFile(folder).toPath());
        } else {
            fs.delete(folder, false);
        }
    }

    private static void removeFolder(java.nio.file.Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }

    private void refuseForeign() throws IOException {
        if (!fs.getFileStatus(root).isDirectory()) {
            throw new RelaException(ExitCode.SETTINGS, Flag.HOME + " " + root + " is a file. Name a folder.");
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
                    Flag.HOME + " " + root + " is no dataset home: it holds "
                            + found[0].getPath().getName() + " and no " + MANIFEST
                            + ". Name an empty or a new folder.");
        }
    }
}
