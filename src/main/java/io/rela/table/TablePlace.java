package io.rela.table;

import io.rela.storage.FileSystems;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Where tasks write the files of a table that is being made. Immutable.
 *
 * @param folder that takes them, or what is known of them
 * @param destination the folder that they are uploaded to, where they are; else null
 */
public record TablePlace(String folder, String destination) implements Serializable {
    /** A folder whose files are what they are. */
    public TablePlace(String folder) {
        this(folder, null);
    }

    /** Writes a file of the table. */
    public TableWriter writer(TableSchema schema, String name, Configuration conf) throws IOException {
        return destination == null
                ? new TableWriter(schema, new Path(folder, name), conf)
                : new TableWriter(schema, new UploadOutput(new Path(destination, name), conf), new Path(folder), conf);
    }

    /** Deletes a file that does not count. */
    public void delete(String name, Configuration conf) throws IOException {
        Path path = new Path(folder);
        if (destination == null) {
            path.getFileSystem(conf).delete(new Path(path, name), false);
        } else {
            new TableFolder(FileSystems.of(path, conf), path).delete(name);
        }
    }
}
