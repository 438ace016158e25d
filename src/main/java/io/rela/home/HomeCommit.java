package io.rela.home;

import com.fasterxml.jackson.core.type.TypeReference;
import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.Manifest;
import io.rela.manifest.TableFile;
import io.rela.storage.PartUpload;
import io.rela.storage.UploadGoneException;
import io.rela.table.Json;
import io.rela.table.TableFolder;
import io.rela.table.Tables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a change of a home becomes visible: all of it is written into a journal first, whose creation is the point of no return, and
 * is done then, by this process or by the next. Tables are renamed to where they belong, or, where a rename would copy them,
 * have been uploaded there and show when that is completed. Driver only, one thread, which holds the home's lock.
 */
final class HomeCommit {
    private static final Logger LOG = LoggerFactory.getLogger(HomeCommit.class);
    private static final TypeReference<Journal> JOURNAL = new TypeReference<>() {};

    /**
     * What a commit is going to do: tables to move from the staging folder, then the manifest as it will be, and its card.
     *
     * @param replaced files of clusters that the manifest lists before and not after
     */
    private record Journal(
            String staging, List<String> tables, List<String> removed, List<String> replaced, Manifest manifest) {
        private Journal {
            // Journals of before there was a list have none.
            replaced = replaced == null ? List.of() : replaced;
        }
    }

    private final DatasetHome home;

    HomeCommit(DatasetHome home) {
        this.home = home;
    }

    private FileSystem fs() {
        return home.fileSystem();
    }

    /** Whether there is a journal. */
    boolean isBegun() throws IOException {
        return fs().exists(journal());
    }

    /** The manifest's file as it is, to be asked for before the manifest is read that a commit builds on. */
    Conditional.Seen look() throws IOException {
        return Conditional.Seen.of(fs(), home.manifestFile());
    }

    /** Completes a commit that was cut off, if there is one. */
    void completeBegun() throws IOException {
        if (!isBegun()) {
            return;
        }
        Conditional.Seen seen = look();
        Optional<Journal> begun = cutOff();
        if (begun.isPresent() && !isOvertaken(begun.get())) {
            complete(begun.get(), seen);
            return;
        }
        LOG.warn(
                begun.isPresent()
                        ? "{} was written when another command had the home, and that has finished since: it goes."
                        : "{} was not written to its end: no commit was begun by it, and it goes.",
                journal());
        fs().delete(journal(), false);
    }

    /** Whether the home has a record in the place of the journal's: storage was silent for long before it took the journal. */
    private boolean isOvertaken(Journal journal) throws IOException {
        Manifest current = home.manifest();
        return current.records().size() >= journal.manifest().records().size() && !current.equals(journal.manifest());
    }

    /**
     * Makes a change.
     *
     * @param staging the folder that holds one folder a table
     * @param removed names of tables, or of their folders, that go
     * @param tables names of those that come
     * @param seen the manifest's file, from before it was read
     * @param before what the manifest says
     * @param after what the manifest says then
     * @throws IOException when storage fails, and nothing has become visible
     */
    void make(
            Path staging,
            List<String> removed,
            List<String> tables,
            Conditional.Seen seen,
            Manifest before,
            Manifest after)
            throws IOException {
        Journal journal = new Journal(staging.getName(), tables, removed, replacedClusters(before, after), after);
        write(journal);
        requireUndisturbed(journal);
        complete(journal, seen);
    }

    /** Storage may have been silent for so long that another command has the home by now: then nothing is begun. */
    private void requireUndisturbed(Journal journal) {
        try {
            if (home.isHeld()) {
                return;
            }
            if (cutOff().filter(found -> Json.text(found).equals(Json.text(journal)))
                    .isPresent()) {
                fs().delete(journal(), false);
            }
        } catch (IOException | RuntimeException e) {
            throw doubtful(e);
        }
        throw new RelaException(
                ExitCode.BUSY,
                "busy: this command has lost " + home.root()
                        + " while it began to commit: its lock was taken over, or silent"
                        + " for too long. Nothing has become visible; try again");
    }

    private static List<String> replacedClusters(Manifest before, Manifest after) {
        List<String> replaced = new ArrayList<>(paths(before));
        replaced.removeAll(paths(after));
        return replaced;
    }

    private static List<String> paths(Manifest manifest) {
        return manifest.tables().getOrDefault(Tables.CLUSTERS.name(), List.of()).stream()
                .map(TableFile::path)
                .toList();
    }

    /** The journal; empty for one whose writer did not come to its end, who has then moved nothing. */
    private Optional<Journal> cutOff() throws IOException {
        try {
            Journal journal = Json.read(fs(), journal(), JOURNAL);
            return journal.staging() == null
                            || journal.tables() == null
                            || journal.removed() == null
                            || journal.manifest() == null
                    ? Optional.empty()
                    : Optional.of(journal);
        } catch (RelaException damaged) {
            return Optional.empty();
        }
    }

    /** Writes the journal. Storage may fail and have written it nevertheless: then the commit is begun as well. */
    private void write(Journal journal) throws IOException {
        try {
            Json.replace(fs(), journal(), journal);
        } catch (IOException | RuntimeException e) {
            boolean written;
            try {
                written = isBegun() && cutOff().isPresent();
            } catch (IOException | RuntimeException unknown) {
                e.addSuppressed(unknown);
                throw doubtful(e);
            }
            if (!written) {
                throw e;
            }
        }
    }

    private void complete(Journal journal, Conditional.Seen seen) {
        try {
            makeVisible(journal, seen);
        } catch (UploadGoneException e) {
            throw undone(journal, e);
        } catch (IOException | RuntimeException e) {
            throw doubtful(e);
        }
    }

    private RelaException doubtful(Exception cause) {
        return new RelaException(
                ExitCode.DOUBTFUL,
                "A commit in " + home.root() + " was begun, and storage failed before its end was known ("
                        + cause.getMessage()
                        + "). Nothing is lost: the next command that writes to this home completes it."
                        + " Run this one again.",
                cause);
    }

    /** Takes back a commit that cannot be completed: uploads change nothing of what was there. */
    private RelaException undone(Journal journal, UploadGoneException cause) {
        try {
            requireOurs();
            // The journal goes first: the next command would complete one whose tables are gone.
            fs().delete(journal(), false);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
            return doubtful(cause);
        }
        try {
            TableFolder.discard(fs(), home.staging(journal.staging()));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} could not be deleted: {}", home.staging(journal.staging()), e.toString());
        }
        return new RelaException(
                ExitCode.INPUT,
                "A commit in " + home.root() + " was begun and cannot be completed. " + cause.getMessage()
                        + " The home is as it was before. Run this command again.",
                cause);
    }

    private void makeVisible(Journal journal, Conditional.Seen seen) throws IOException {
        Path staging = home.staging(journal.staging());
        fs().mkdirs(staging);
        if (home.holdsUnlisted()) {
            completeUploads(journal, staging);
        } else {
            moveTables(journal, staging);
        }
        replaceManifest(journal.manifest(), seen);
        CardFile.write(fs(), home.root(), journal.manifest());
        if (home.holdsUnlisted()) {
            requireOurs();
            removeUnlisted(journal);
        }
        // The journal goes last: while it is there, all of this is done again.
        fs().delete(staging, true);
        fs().delete(journal(), false);
    }

    /** Storage may be silent until another command has the home: where the store can be asked to, it refuses then. */
    private void replaceManifest(Manifest manifest, Conditional.Seen seen) throws IOException {
        requireOurs();
        try {
            seen.replace(Json.text(manifest));
        } catch (IOException e) {
            replaceRefused(manifest, seen, e);
        }
    }

    private void replaceRefused(Manifest manifest, Conditional.Seen seen, IOException refusal) throws IOException {
        try {
            // The answer to a first try may have been lost.
            if (!home.manifest().equals(manifest)) {
                if (!look().equals(seen)) {
                    throw refusal;
                }
                // Nobody has: this store does not take the condition.
                requireOurs();
                Json.replace(fs(), home.manifestFile(), manifest);
            }
            requireOurs();
        } catch (IOException | RuntimeException e) {
            if (e != refusal) {
                e.addSuppressed(refusal);
            }
            throw e;
        }
    }

    private void moveTables(Journal journal, Path staging) throws IOException {
        for (String table : journal.removed()) {
            setAside(table, staging);
        }
        for (String table : journal.tables()) {
            TableFolder staged = home.folder(staging, table);
            if (fs().exists(staged.path()) && !isComplete(table, journal.manifest())) {
                move(table, staged, staging);
            }
        }
    }

    private void move(String table, TableFolder staged, Path staging) throws IOException {
        setAside(table, staging);
        fs().mkdirs(home.table(table).getParent());
        rename(staged.path(), home.table(table));
    }

    /** What the manifest is going to list has to be there before it does: staging may be gone, and uploads may have been ended. */
    private void completeUploads(Journal journal, Path staging) throws IOException {
        if (home.manifest().equals(journal.manifest())) {
            return;
        }
        for (String table : journal.tables()) {
            TableFolder staged = home.folder(staging, table);
            if (fs().exists(staged.path()) && !isComplete(table, journal.manifest()) && !staged.complete()) {
                move(table, staged, staging);
            }
            List<TableFile> listed = journal.manifest().files(table, home.root());
            if (!listed.isEmpty() && !isComplete(table, journal.manifest())) {
                throw new UploadGoneException(home.table(table) + " or a part of it", null);
            }
        }
    }

    /** Storage that does not answer for long may let another command take the home over, and commit. */
    private void requireOurs() throws IOException {
        if (!home.isHeld()) {
            throw new IOException("its lock was taken over, or silent for too long");
        }
    }

    /** Where nothing is set aside, what the manifest does not list any more goes after it, and so does what was uploaded for nothing. */
    private void removeUnlisted(Journal journal) throws IOException {
        for (String table : journal.removed()) {
            endUploads(home.table(table));
            fs().delete(home.table(table), true);
        }
        // Commands of other epochs may be making clusters, too, whose files are in use.
        for (String file : journal.replaced()) {
            fs().delete(new Path(home.root(), file), false);
        }
        for (String table : journal.tables()) {
            if (table.equals(Tables.CLUSTERS.name())) {
                continue;
            }
            Set<String> listed = journal.manifest().files(table, home.root()).stream()
                    .map(TableFile::path)
                    .collect(Collectors.toSet());
            for (FileStatus file : files(table)) {
                String name = file.getPath().getName();
                if (TableFolder.isPart(name) && !listed.contains(table + "/" + name)) {
                    fs().delete(file.getPath(), false);
                }
            }
            endUploads(home.table(table));
        }
    }

    /** Those of tasks that were killed. They cost money and do no harm, and not everybody may list uploads. */
    private void endUploads(Path table) {
        try {
            PartUpload.abortBelow(fs(), table);
        } catch (IOException | RuntimeException e) {
            LOG.warn("Uploads of killed tasks to {}, if there are some, could not be ended: {}", table, e.toString());
        }
    }

    private FileStatus[] files(String table) throws IOException {
        try {
            return fs().listStatus(home.table(table));
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }

    /** Whether all files of a table are where they belong: where renaming copies, what is there may be a part. */
    boolean isComplete(String table, Manifest manifest) throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (FileStatus file : files(table)) {
            found.put(table + "/" + file.getPath().getName(), file.getLen());
        }
        if (found.isEmpty()) {
            return false;
        }
        List<TableFile> files = manifest.files(table, home.root());
        return !files.isEmpty()
                && files.stream().allMatch(file -> Objects.equals(found.get(file.path()), file.bytes()));
    }

    /** Deleting takes a while, and a reader would see half of the table. */
    private void setAside(String table, Path staging) throws IOException {
        Path aside = new Path(staging, "replaced-" + table.replace('/', '-'));
        if (!fs().exists(home.table(table))) {
            return;
        }
        if (fs().exists(aside)) {
            // Where renaming copies: what is there is a part of one that was on its way here or there.
            fs().delete(home.table(table), true);
        } else {
            rename(home.table(table), aside);
        }
    }

    private void rename(Path from, Path to) throws IOException {
        if (!fs().rename(from, to)) {
            throw new IOException(from + " could not be renamed to " + to);
        }
    }

    private Path journal() {
        return home.staging("commit.json");
    }
}
