package io.rela.source;

import io.rela.Flag;
import io.rela.image.ImageFormat;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
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
    private record Root(List<String> classNames, long files, long pictures) {}

    @Override
    public String uri() {
        return root;
    }

    @Override
    public InputFormat format() {
        return InputFormat.FOLDER;
    }

    @Override
    public Listing list(SparkSession spark, int tasks) {
        Root top = readRoot();
        boolean labeled = !top.classNames().isEmpty();
        if (!labeled && top.files() == 0) {
            throw new SourceException("The input '" + root + "' is an empty folder: check " + Flag.INPUT);
        }
        List<String> units = new ArrayList<>();
        for (String name : top.classNames()) {
            units.add(new Path(new Path(root), new Path(null, null, name)).toString());
        }
        if (!labeled) {
            units.add(root);
        }
        SerializableConfiguration shipped = configuration;
        List<String> classNames = top.classNames();
        UnitListing found = UnitListing.of(
                spark,
                tasks,
                root,
                units,
                (unit, path, out) ->
                        listFolder(path, labeled ? unit : null, labeled ? classNames.get(unit) : null, shipped, out));
        if (found.count() == 0) {
            found.close();
            throw withoutPictures(found, labeled ? top.pictures() : 0);
        }
        return found.finish(classNames, warnings(found, top), (sample, unit, position) -> sample);
    }

    @Override
    public SampleReader reader() {
        return new FolderReader(configuration.value());
    }

    private Root readRoot() {
        try {
            return Patience.of(configuration.value()).read(this::topEntries, Patience.SLEEP);
        } catch (IOException e) {
            throw SourceDetection.unreadable(root, e);
        }
    }

    private Root topEntries() throws IOException {
        Path path = new Path(root);
        List<String> classNames = new ArrayList<>();
        long files = 0;
        long pictures = 0;
        try {
            RemoteIterator<FileStatus> entries =
                    Storage.fileSystem(path, configuration.value()).listStatusIterator(path);
            while (entries.hasNext()) {
                FileStatus entry = entries.next();
                String name = entry.getPath().getName();
                if (Names.isHidden(name)) {
                    continue;
                }
                if (entry.isDirectory()) {
                    classNames.add(name);
                } else {
                    files++;
                    pictures += ImageFormat.isNameOfPicture(name) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw StorageException.of(root, e);
        }
        // A folder without class folders is looked at when it is listed.
        if (!classNames.isEmpty() || files == 0) {
            Storage.unreachable(path, new HashSet<>(classNames), Names::isHidden);
        }
        classNames.sort(Names.BY_CODE_POINT);
        return new Root(classNames, files, pictures);
    }

    private static void listFolder(
            String folder,
            Integer label,
            String className,
            SerializableConfiguration configuration,
            UnitListing.Output out)
            throws IOException {
        Storage.Tree tree = Storage.walk(new Path(folder), configuration.value(), Names::isHidden);
        record Picture(PictureName name, FileStatus status) {}
        List<Picture> pictures = new ArrayList<>();
        String prefix = className == null ? "" : className + "/";
        for (Storage.Found file : tree.files()) {
            if (ImageFormat.isNameOfPicture(file.below())) {
                pictures.add(new Picture(PictureName.of(prefix + file.below()), file.status()));
            }
        }
        pictures.sort(Comparator.comparing(Picture::name, PictureName.ORDER));
        for (Picture picture : pictures) {
            FileStatus status = picture.status();
            out.sample(picture.name().path(), status.getPath().toString(), null, status.getLen(), label, className);
        }
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
        List<String> classNames = top.classNames();
        if (!classNames.isEmpty() && top.files() > 0) {
            warnings.add("Beside the class folders, in no class and left out: " + Names.counted(top.files(), "file")
                    + ", " + top.pictures() + " with an image suffix");
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
        Storage.warn(found.sum(UnitListing.Note.LINKS), found.sum(UnitListing.Note.SPECIAL), warnings::add);
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
