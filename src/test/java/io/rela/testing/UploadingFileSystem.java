package io.rela.testing;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.impl.FileSystemMultipartUploaderBuilder;

/** The local file system with Hadoop's own uploads in parts, which it has for file systems that can append one file to another. */
public class UploadingFileSystem extends RawLocalFileSystem {
    /** Puts one into the place of the local file system. */
    public static Configuration configuration(Class<? extends FileSystem> kind) {
        Configuration conf = new Configuration();
        conf.setClass("fs.file.impl", kind, FileSystem.class);
        conf.setBoolean("fs.file.impl.disable.cache", true);
        return conf;
    }

    @Override
    public FileSystemMultipartUploaderBuilder createMultipartUploader(Path basePath) throws IOException {
        // As on an object store, where a file needs no folder.
        mkdirs(basePath.getParent());
        return new FileSystemMultipartUploaderBuilder(this, basePath);
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return capability.equals(CommonPathCapabilities.FS_MULTIPART_UPLOADER)
                || super.hasPathCapability(path, capability);
    }
}
