package io.rela.storage;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What renaming costs on a file system: nothing, or a copy of every byte. Stateless. */
public final class Renaming {
    /** Hadoop's setting that overrides what is known of a file system: {@code copies} or {@code moves}. */
    public static final String SETTING = "rela.rename";

    /** Their names are keys, which cannot be changed. */
    private static final Set<String> OBJECT_STORES = Set.of("s3a", "s3", "gs", "wasb", "wasbs", "oss", "obs", "cosn");

    /** Of these some have folders, and some only look as if they had. */
    private static final Set<String> WITH_OR_WITHOUT_FOLDERS = Set.of("abfs", "abfss");

    /** What a store with folders says of itself; Hadoop 3.3.4 has no name for it yet. */
    private static final String FOLDERS = "fs.capability.etags.preserved.in.rename";

    private Renaming() {}

    /**
     * Whether a rename copies.
     *
     * @param path on the file system
     * @throws RelaException when the setting is neither of its two values
     */
    public static boolean copies(FileSystem fs, Path path) throws IOException {
        String set = fs.getConf().get(SETTING, "");
        return switch (set) {
            case "copies" -> true;
            case "moves" -> false;
            case "" -> {
                String scheme = fs.getUri().getScheme();
                yield OBJECT_STORES.contains(scheme)
                        || (WITH_OR_WITHOUT_FOLDERS.contains(scheme) && !fs.hasPathCapability(path, FOLDERS));
            }
            default ->
                throw new RelaException(
                        ExitCode.SETTINGS, "spark.hadoop." + SETTING + "=" + set + " is neither copies nor moves.");
        };
    }
}
