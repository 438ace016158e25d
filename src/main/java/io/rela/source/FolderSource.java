package io.rela.source;

import io.rela.Flag;
import io.rela.image.ImageFormat;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A folder of class folders, or of pictures only.
 *
 * <p>The driver sees the names of the class folders and counts; a class folder is listed by one task. An id is the path
 * below the input; a uri is the file's {@link Path#toString()}, which {@code new Path(uri)} reads back.
 */
final class FolderSource implements ImageSource {
    private static final long serialVersionUID = 1L;

    private final String root;
    private final SerializableConfiguration configuration;

    FolderSource(String root, SerializableConfiguration configuration) {
        this.root = root;
        this.configuration = configuration;
    }

    /** What lies directly in the input. */
    private static final class Root {
        private final List<String> classNames = new ArrayList<>();
        private final List<Border.Crossing> crossings = new ArrayList<>();
        private long files;
        private long pictures;
        private long deadLinks;

        void add(Folder.Entry entry) {
            if (entry.is(Folder.Kind.DEAD)) {
                deadLinks++;
            } else if (!entry.is(Folder.Kind.FOLDER)) {
                files++;
                pictures += ImageFormat.isNameOfPicture(entry.name()) ? 1 : 0;
            } else if (entry.outside() != null) {
                crossings.add(entry.crossing());
            } else {
                classNames.add(entry.name());
            }
        }
    }

    @Override
    public String uri() {
        return root;
    }

    @Override
    public InputFormat format() {
        return InputFormat.FOLDER;
    }

    @Override
    public Listing list(SparkSession spark, int tasks, Links links) {
        Border border = SourceDetection.border(root, links);
        Root top;
        try {
            top = Patience.of(configuration.value()).read(() -> readRoot(border), Patience.SLEEP);
        } catch (IOException e) {
            throw SourceDetection.unreadable(root, e);
        }
        border.refuse(top.crossings);
        List<String> classNames = top.classNames;
        boolean labeled = !classNames.isEmpty();
        if (!labeled && top.files == 0) {
            throw new SourceException("The input '" + root + "' is an empty folder: check " + Flag.INPUT);
        }
        List<String> units = new ArrayList<>();
        for (String name : classNames) {
            units.add(new Path(new Path(root), new Path(null, null, name)).toString());
        }
        if (!labeled) {
            units.add(root);
        }
        SerializableConfiguration shipped = configuration;
        UnitListing found = UnitListing.of(
                spark,
                tasks,
                border,
                units,
                (unit, path, out) -> list(
                        Storage.walk(
                                new Path(path), shipped.value(), border, Names::isHidden, ImageFormat::isNameOfPicture),
                        labeled ? unit : null,
                        labeled ? classNames.get(unit) : null,
                        out));
        if (found.count() == 0) {
            found.close();
            throw withoutPictures(found, labeled ? top.pictures : 0);
        }
        return found.finish(classNames, warnings(found, top), (sample, unit, position) -> sample);
    }

    @Override
    public SampleReader reader() {
        return new FolderReader(configuration.value());
    }

    private Root readRoot(Border border) throws IOException {
        Root top = new Root();
        new Folder(new Path(root), configuration.value(), border, Names::isHidden).read(top::add);
        top.classNames.sort(Names.BY_CODE_POINT);
        return top;
    }

    private static void list(Storage.Tree tree, Integer label, String className, UnitListing.Output out) {
        record Picture(PictureName name, Storage.Found file) {}
        List<Picture> pictures = new ArrayList<>();
        String prefix = className == null ? "" : className + "/";
        for (Storage.Found file : tree.files()) {
            if (ImageFormat.isNameOfPicture(file.below())) {
                pictures.add(new Picture(PictureName.of(prefix + file.below()), file));
            }
        }
        pictures.sort(Comparator.comparing(Picture::name, PictureName.ORDER));
        for (Picture picture : pictures) {
            Storage.Found file = picture.file();
            out.sample(picture.name().path(), file.uri(), null, file.length(), label, className);
        }
        out.crossings(tree.crossings());
        out.count(UnitListing.Note.OTHER_FILES, tree.files().size() - pictures.size());
        out.count(UnitListing.Note.LINKS, tree.deadLinks());
        out.count(UnitListing.Note.SPECIAL, tree.special());
    }

    private SourceException withoutPictures(UnitListing found, long picturesBeside) {
        String beside = picturesBeside == 0
                ? ""
                : "; " + Names.counted(picturesBeside, "picture") + " beside the class folders would be in no class";
        return new SourceException("The input '" + root + "' holds "
                + Names.counted(found.sum(UnitListing.Note.OTHER_FILES), "file")
                + (picturesBeside == 0 ? "" : " below its class folders") + ", none with an image suffix ("
                + String.join(" ", ImageFormat.suffixes()) + ")" + beside + ": check " + Flag.INPUT + " and "
                + Flag.INPUT_FORMAT);
    }

    private static List<String> warnings(UnitListing found, Root top) {
        List<String> warnings = new ArrayList<>();
        List<String> classNames = top.classNames;
        if (!classNames.isEmpty() && top.files > 0) {
            warnings.add("Beside the class folders, in no class and left out: " + Names.counted(top.files, "file")
                    + ", " + top.pictures + " with an image suffix");
        }
        List<String> empty = new ArrayList<>();
        for (int label = 0; label < classNames.size(); label++) {
            if (found.count(label) == 0) {
                empty.add(classNames.get(label));
            }
        }
        if (!empty.isEmpty()) {
            warnings.add(
                    "Class folders without pictures, which keep their place among the labels: " + Names.some(empty));
        }
        // Without class folders the input is a unit, and has counted its own.
        long deadHere = classNames.isEmpty() ? 0 : top.deadLinks;
        Storage.warn(found.sum(UnitListing.Note.LINKS) + deadHere, found.sum(UnitListing.Note.SPECIAL), warnings::add);
        return warnings;
    }

    private static final class FolderReader implements SampleReader {
        private final Configuration configuration;

        FolderReader(Configuration configuration) {
            this.configuration = configuration;
        }

        @Override
        public byte[] read(Sample sample) throws StorageException {
            return Storage.reading(
                    sample.uri(),
                    new Path(sample.uri()),
                    configuration,
                    () -> Storage.readWhole(sample.uri(), sample.length(), configuration));
        }

        @Override
        public void close() {}
    }
}
