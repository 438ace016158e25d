package io.rela.source;

import io.rela.Flag;
import io.rela.image.ImageFormat;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** Finds out what an input is. Driver only; holds nothing that grows with the number of pictures. */
final class SourceDetection {
    static final String TAR = ".tar";
    static final String PARQUET = ".parquet";

    private SourceDetection() {}

    static ImageSource open(String uri, InputFormat format, ParquetColumns columns, Configuration configuration) {
        try {
            Path path = qualified(uri, configuration);
            return Patience.of(configuration).read(() -> open(path, format, columns, configuration), Patience.SLEEP);
        } catch (IOException e) {
            throw unreadable(uri, e);
        }
    }

    private static ImageSource open(Path path, InputFormat format, ParquetColumns columns, Configuration configuration)
            throws StorageException {
        try {
            FileStatus status = Storage.statusOrNull(path, configuration);
            if (status == null) {
                throw new SourceException("There is no input '" + path + "': check " + Flag.INPUT);
            }
            if (Storage.isSpecial(status)) {
                throw new SourceException(
                        "The input '" + path + "' is a pipe, a socket or a device: give a file or a folder");
            }
            InputFormat resolved = format == InputFormat.AUTO ? detect(status, configuration) : format;
            String root = status.getPath().toString();
            SerializableConfiguration shipped = new SerializableConfiguration(configuration);
            return switch (resolved) {
                case FOLDER -> new FolderSource(checkedFolder(status), shipped);
                case TAR -> new TarSource(root, status.isFile(), shipped);
                case PARQUET -> new ParquetSource(root, status.isFile(), columns, shipped);
                case AUTO -> throw new IllegalStateException("not resolved");
            };
        } catch (IOException e) {
            throw StorageException.of(path.toString(), e);
        }
    }

    static SourceException unreadable(String uri, IOException cause) {
        String why = StorageException.of(uri, cause).getMessage();
        return new SourceException("The input '" + uri + "' cannot be listed: " + why);
    }

    static Border border(String root, Links links) {
        try {
            return Border.of(root, links);
        } catch (IOException e) {
            throw unreadable(root, e);
        }
    }

    private static Path qualified(String uri, Configuration configuration) throws IOException {
        try {
            Path path = new Path(uri);
            FileSystem fileSystem = Storage.fileSystem(path, configuration);
            return fileSystem.makeQualified(path);
        } catch (IllegalArgumentException e) {
            throw new SourceException("The input '" + uri + "' is not a path: " + e.getMessage(), e);
        }
    }

    private static String checkedFolder(FileStatus status) {
        if (!status.isDirectory()) {
            throw new SourceException("The input '" + status.getPath() + "' is a file, not a folder of pictures");
        }
        return status.getPath().toString();
    }

    private static InputFormat detect(FileStatus status, Configuration configuration) throws IOException {
        String name = status.getPath().getName();
        if (status.isFile()) {
            if (Names.hasSuffix(name, TAR)) {
                return InputFormat.TAR;
            }
            if (Names.hasSuffix(name, PARQUET)) {
                return InputFormat.PARQUET;
            }
            if (Names.isCompressedTar(name)) {
                throw TarSource.compressed(status.getPath().toString());
            }
            throw new SourceException("The input '" + status.getPath()
                    + "' is a file that ends in neither .tar nor .parquet: give a folder of pictures, or "
                    + Flag.INPUT_FORMAT);
        }
        return detectFolder(status.getPath(), configuration);
    }

    /** Number of names of each kind in a folder. */
    private static final class Counts {
        private long tars;
        private long compressedTars;
        private long parquets;
        private long pictures;
        private long folders;

        void add(Folder.Entry entry) {
            String name = entry.name();
            if (entry.is(Folder.Kind.DEAD)) {
                return;
            }
            if (entry.is(Folder.Kind.FOLDER)) {
                folders++;
            } else if (Names.hasSuffix(name, TAR)) {
                tars++;
            } else if (Names.hasSuffix(name, PARQUET)) {
                parquets++;
            } else if (ImageFormat.isNameOfPicture(name)) {
                pictures++;
            } else if (Names.isCompressedTar(name)) {
                compressedTars++;
            }
        }
    }

    private static InputFormat detectFolder(Path folder, Configuration configuration) throws IOException {
        Counts found = new Counts();
        new Folder(folder, configuration, Border.none(folder.toString()), Names::isHidden).read(found::add);
        if (found.tars > 0 && found.parquets == 0 && found.pictures == 0 && found.folders == 0) {
            return InputFormat.TAR;
        }
        if (found.parquets > 0 && found.tars == 0 && found.pictures == 0) {
            return InputFormat.PARQUET;
        }
        if (found.tars == 0 && found.parquets == 0) {
            if (found.compressedTars > 0 && found.pictures == 0 && found.folders == 0) {
                throw TarSource.compressed(folder.toString());
            }
            return InputFormat.FOLDER;
        }
        List<String> held = new ArrayList<>();
        addCount(held, found.tars, "tar file");
        addCount(held, found.parquets, "Parquet file");
        addCount(held, found.pictures, "picture");
        addCount(held, found.folders, "folder");
        throw new SourceException("The input '" + folder + "' holds " + String.join(", ", held) + ": say with "
                + Flag.INPUT_FORMAT + " which of them to take");
    }

    private static void addCount(List<String> held, long count, String noun) {
        if (count > 0) {
            held.add(Names.counted(count, noun));
        }
    }
}
