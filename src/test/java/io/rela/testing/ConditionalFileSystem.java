package io.rela.testing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
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
    /** Whether the store does as it is asked. */
    public static final String HEEDED = "test.heeded";

    private String created = "";
    private Runnable before = () -> {};

    public ConditionalFileSystem() {
        super(new UploadingFileSystem());
    }

    /** One for the local disk. */
    public static Configuration configuration(boolean heeded) {
        Configuration conf = UploadingFileSystem.configuration(ConditionalFileSystem.class);
        conf.setBoolean(HEEDED, heeded);
        return conf;
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
            if (getConf().getBoolean(HEEDED, true) && isRefused()) {
                throw new PathIOException(getPath().toString(), "412");
            }
            return ConditionalFileSystem.this.create(getPath(), true);
        }

        private boolean isRefused() throws IOException {
            String wanted = getOptions().get("fs.option.create.conditional.overwrite.etag");
            try {
                String found =
                        tag(ConditionalFileSystem.this.getFileStatus(getPath()).getPath());
                return wanted == null
                        ? getOptions().getBoolean("fs.option.create.conditional.overwrite", false)
                        : !wanted.equals(found);
            } catch (FileNotFoundException e) {
                return wanted != null;
            }
        }
    }
}
