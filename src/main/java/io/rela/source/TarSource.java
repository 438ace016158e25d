package io.rela.source;

import io.rela.Flag;
import io.rela.image.ImageFormat;
import io.rela.storage.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Uncompressed tar shards in WebDataset's layout, or of class folders.
 *
 * <p>The members of a shard that share a key, the path up to the first dot of the base name, are one sample. Its picture is
 * the member with an image suffix; of several the one with the fewest dots in its name, then the first by name, and a
 * warning counts the others. A {@code .cls} or
 * {@code .json} gives its label. Where no sample has such a label and all lie in folders, the outermost
 * folders of all shards are the classes, so that a tar of a folder equals that folder. Shards are in order of their paths;
 * inside a shard the order is that of the folder source, not that of the members.
 *
 * <p>An id is the member's name; where a name occurs in several shards, every id is {@code SHARD/MEMBER}.
 */
final class TarSource implements ImageSource {
    private static final long serialVersionUID = 1L;
    private static final int OPEN_SHARDS = 4;

    private final String root;
    private final boolean single;
    private final SerializableConfiguration configuration;

    TarSource(String root, boolean single, SerializableConfiguration configuration) {
        this.root = root;
        this.single = single;
        this.configuration = configuration;
    }

    /** Whence the labels come. */
    private enum Labels {
        MEMBERS,
        FOLDERS,
        NONE
    }

    static SourceException compressed(String uri) {
        return new SourceException(
                "'" + uri + "' is compressed, or holds compressed tar files only: unpack, or re-pack without"
                        + " compression, since samples are read by offset");
    }

    @Override
    public String uri() {
        return root;
    }

    @Override
    public InputFormat format() {
        return InputFormat.TAR;
    }

    @Override
    public Listing list(SparkSession spark, int tasks, Links links) {
        Border border = SourceDetection.border(root, links);
        InputFiles shards = shards(border);
        SerializableConfiguration shipped = configuration;
        UnitListing found = UnitListing.of(
                spark, tasks, border, shards.uris(), (unit, uri, out) -> TarShard.list(uri, shipped.value(), out));
        try {
            return finish(found, shards);
        } catch (RuntimeException e) {
            found.close();
            throw e;
        }
    }

    private Listing finish(UnitListing found, InputFiles shards) {
        if (found.count() == 0) {
            throw new SourceException("The tar input '" + root + "' holds "
                    + Names.counted(found.sum(UnitListing.Note.OTHER_FILES), "member") + " in "
                    + Names.counted(shards.uris().size(), "shard") + ", none with an image suffix ("
                    + String.join(" ", ImageFormat.suffixes()) + "): check " + Flag.INPUT);
        }
        List<String> warnings = found.remarks();
        warnings.addAll(shards.warnings());
        if (shards.leftOut() > 0) {
            warnings.add("Compressed tar files, left out since samples are read by offset: " + shards.leftOut());
        }
        long links = found.sum(UnitListing.Note.LINKS);
        if (links > 0) {
            warnings.add("Links and special members in the tar, left out: " + links);
        }
        found.first(UnitListing.Note.BESIDE)
                .ifPresent(such ->
                        warnings.add("Pictures left out, since another one of the shard has the same key, which is"
                                + " the name up to its first dot: " + found.sum(UnitListing.Note.BESIDE) + ", such as '"
                                + such
                                + "'"));
        Labels labels = labels(found, warnings);
        List<String> classNames = labels == Labels.FOLDERS ? found.texts(UnitListing.Note.CLASS) : List.of();
        boolean shardInId = shards.uris().size() > 1 && found.duplicateId() != null;
        if (shardInId) {
            warnings.add("Member names occur in more than one shard, such as '" + found.duplicateId()
                    + "': ids are SHARD/MEMBER");
        }
        Map<String, Integer> positions = positions(classNames);
        List<String> shardNames = shardInId ? shards.below() : null;
        return found.finish(
                classNames,
                warnings,
                (sample, unit, position) ->
                        finished(sample, labels, positions, shardNames == null ? null : shardNames.get(unit)));
    }

    private static Labels labels(UnitListing found, List<String> warnings) {
        long labeled = found.sum(UnitListing.Note.LABELED);
        long bare = found.sum(UnitListing.Note.BARE);
        if (labeled > 0) {
            if (labeled < found.count()) {
                warnings.add("Samples without a label in a .cls or .json member, which stay without one: "
                        + (found.count() - labeled) + " of " + found.count());
            }
            return Labels.MEMBERS;
        }
        if (bare > 0 && bare < found.count()) {
            warnings.add("Unlabeled: the folders are not taken for classes, since pictures lie in none of them: " + bare
                    + " of " + found.count());
        }
        return bare > 0 ? Labels.NONE : Labels.FOLDERS;
    }

    static Map<String, Integer> positions(List<String> classNames) {
        Map<String, Integer> positions = new HashMap<>();
        for (String name : classNames) {
            positions.put(name, positions.size());
        }
        return positions;
    }

    private static Sample finished(Sample listed, Labels labels, Map<String, Integer> positions, String shard) {
        Integer label =
                switch (labels) {
                    case MEMBERS -> listed.label();
                    case FOLDERS -> positions.get(listed.labelName());
                    case NONE -> null;
                };
        return new Sample(
                listed.index(),
                shard == null ? listed.id() : shard + "/" + listed.id(),
                listed.uri(),
                listed.offset(),
                listed.length(),
                label,
                labels == Labels.FOLDERS ? listed.labelName() : null);
    }

    private InputFiles shards(Border border) {
        InputFiles shards = InputFiles.find(
                border, single, configuration.value(), SourceDetection.TAR, Names::isHidden, Names::isCompressedTar);
        if (single && Names.isCompressedTar(new Path(root).getName())) {
            throw compressed(root);
        }
        if (shards.uris().isEmpty()) {
            if (shards.leftOut() > 0) {
                throw compressed(root);
            }
            throw new SourceException(
                    "The input '" + root + "' holds no .tar file: check " + Flag.INPUT + " and " + Flag.INPUT_FORMAT);
        }
        return shards;
    }

    @Override
    public SampleReader reader() {
        return new TarReader(configuration);
    }

    private static final class TarReader implements SampleReader {
        private final SerializableConfiguration configuration;
        private final OpenFiles<FSDataInputStream> shards;

        TarReader(SerializableConfiguration configuration) {
            this.configuration = configuration;
            this.shards = new OpenFiles<>(OPEN_SHARDS, uri -> Storage.open(new Path(uri), configuration.value()));
        }

        @Override
        public byte[] read(Sample sample) throws StorageException {
            Path shard = new Path(sample.uri());
            return Storage.reading(
                    sample.id() + " in " + sample.uri(), shard, configuration.value(), () -> member(sample, shard));
        }

        private byte[] member(Sample sample, Path shard) throws IOException {
            byte[] bytes = Storage.allocate(sample.uri(), sample.length());
            try {
                return shards.read(sample.uri(), open -> {
                    open.readFully(sample.offset(), bytes);
                    return bytes;
                });
            } catch (EOFException e) {
                throw brokenOff(sample, shard, e);
            }
        }

        // A connection that broke, unless the shard itself is shorter.
        private IOException brokenOff(Sample sample, Path shard, EOFException end) throws IOException {
            long length = Storage.fileSystem(shard, configuration.value())
                    .getFileStatus(shard)
                    .getLen();
            if (length < sample.offset() + sample.length()) {
                throw new SourceException("The tar '" + shard + "' ends before byte "
                        + (sample.offset() + sample.length())
                        + ": it is shorter than when it was listed. Fetch or pack it again");
            }
            return new IOException("its stream ended before its " + sample.length() + " bytes did", end);
        }

        @Override
        public void close() throws IOException {
            shards.close();
        }
    }
}
