package io.rela.testing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/** As S3A since Hadoop 3.4.2: it has the store look whether a file is what it was only where that is asked of it. */
public final class ConditionalFileSystem extends FilterFileSystem {
    /** What a store makes of a condition. */
    public enum Manner {
        /** It refuses what does not meet it. */
        HEEDS,
        /** It passes over it. */
        IGNORES,
        /** It refuses whoever has one. */
        REFUSES
    }

    private static final String MANNER = "test.manner";

    private Manner manner = Manner.HEEDS;
    private String created = "";
    private Runnable before = () -> {};

    public ConditionalFileSystem() {
        super(new UploadingFileSystem());
    }

    /** One for the local disk. */
    public static Configuration configuration(Manner manner) {
        Configuration conf = UploadingFileSystem.configuration(ConditionalFileSystem.class);
        conf.setEnum(MANNER, manner);
        return conf;
    }

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        manner = conf.getEnum(MANNER, manner);
    }

    /** From now on. */
    public void become(Manner other) {
        manner = other;
    }

    /** Is run once, before a file of this name is created. */
    public void beforeCreating(String name, Runnable what) {
        created = name;
        before = what;
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return capability.equals("fs.s3a.create.conditional.enabled") || super.hasPathCapability(path, capability);
    }

    @Override
    public void setTimes(Path path, long modified, long accessed) {
        // An object has the time at which it was written.
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        FileStatus status = super.getFileStatus(path);
        return status.isDirectory() ? status : new Tagged(status, tag(path));
    }

    private static String tag(Path path) throws IOException {
        byte[] content = Files.readAllBytes(java.nio.file.Path.of(path.toUri().getPath()));
        return Integer.toHexString(Arrays.hashCode(content));
    }

    /** What a store tells of a file. */
    private static final class Tagged extends FileStatus implements EtagSource {
        private static final long serialVersionUID = 1L;

        private final String tag;

        Tagged(FileStatus status, String tag) throws IOException {
            super(status);
            this.tag = tag;
        }

        @Override
        public String getEtag() {
            return tag;
        }
    }

    @Override
    public Creation createFile(Path path) {
        return new Creation(path);
    }

    /** Creates a file, if it is what was asked for. */
    public final class Creation extends FSDataOutputStreamBuilder<FSDataOutputStream, Creation> {
        private Creation(Path path) {
            super(ConditionalFileSystem.this, path);
        }

        @Override
        public Creation getThisBuilder() {
            return this;
        }

        @Override
        public FSDataOutputStream build() throws IOException {
            if (getPath().getName().equals(created)) {
                created = "";
                before.run();
            }
            String tag = getOptions().get("fs.option.create.conditional.overwrite.etag");
            boolean none = getOptions().getBoolean("fs.option.create.conditional.overwrite", false);
            if (manner == Manner.REFUSES && (none || tag != null)) {
                throw new IOException("501");
            }
            if (manner == Manner.HEEDS) {
                require(tag, none);
            }
            return ConditionalFileSystem.this.create(getPath(), true);
        }

        private void require(String tag, boolean none) throws IOException {
            Optional<String> found = Optional.empty();
            try {
                ConditionalFileSystem.this.getFileStatus(getPath());
                found = Optional.of(tag(getPath()));
            } catch (FileNotFoundException e) {
                // There is none.
            }
            if ((none && found.isPresent()) || (tag != null && !found.equals(Optional.of(tag)))) {
                throw new PathIOException(getPath().toString(), "412");
            }
        }
    }
}
