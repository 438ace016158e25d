package io.rela.home;

import io.rela.testing.UploadingFileSystem;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.Progressable;

/** A local file system that fails once, or from then on. */
public final class FailingFileSystem extends UploadingFileSystem {
    private int stepsLeft = -1;
    private boolean forEver;
    private boolean broken;
    private String renamedTo = "";
    private Runnable then;

    /** Whether the step that was to fail has come. */
    boolean hasFailed() {
        return stepsLeft < 0;
    }

    void failAt(int step) {
        stepsLeft = step;
    }

    void breakAfterwards() {
        forEver = true;
    }

    void loseAnswerOfRenamingTo(String name) {
        renamedTo = name;
    }

    void afterRenamingTo(String name, Runnable what) {
        renamedTo = name;
        then = what;
    }

    private void step() throws IOException {
        if (broken || stepsLeft-- == 0) {
            broken = forEver;
            throw new IOException("storage has failed");
        }
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        step();
        if (!exists(to.getParent())) {
            // As HDFS; Hadoop's local file system would copy.
            return false;
        }
        boolean renamed = super.rename(from, to);
        if (to.getName().equals(renamedTo) && then == null) {
            broken = forEver;
            throw new IOException("the answer was lost");
        }
        if (to.getName().equals(renamedTo)) {
            then.run();
        }
        return renamed;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        step();
        return super.delete(path, recursive);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        step();
        return super.create(path, overwrite, buffer, replication, block, progress);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        step();
        return super.getFileStatus(path);
    }
}
