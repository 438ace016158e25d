package io.rela.cli.options;

import io.rela.model.ModelFile;
import io.rela.run.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Looks whether inputs are there, and outputs can be, before a session is started. */
public final class Inputs {
    private Inputs() {}

    /** Hadoop's settings as Spark will have them: {@code spark.hadoop.*} included. */
    public static Configuration hadoop() {
        return SparkHadoopUtil.get().newConfiguration(new org.apache.spark.SparkConf());
    }

    /** Notes an input that is not there; one that was not named is somebody else's problem. */
    public static void check(Problems problems, String option, String uri) {
        if (uri == null || refuseSecret(problems, option, uri)) {
            return;
        }
        try {
            Path path = new Path(uri);
            if (!path.getFileSystem(hadoop()).exists(path)) {
                problems.addMissing(option + " " + uri + " is not there. Check the path.");
            }
        } catch (IOException | RuntimeException e) {
            problems.addMissing(option + " " + uri + " cannot be reached (" + e.getMessage() + "). Check the address"
                    + (uri.startsWith("s3a:") ? ", and that hadoop-aws is in Spark's --packages." : "."));
        }
    }

    /** Notes a table that is to be written and is there already. */
    public static void checkNew(Problems problems, String option, String uri) {
        if (uri == null || refuseSecret(problems, option, uri)) {
            return;
        }
        try {
            Path path = new Path(uri);
            problems.check(
                    !path.getFileSystem(hadoop()).exists(path),
                    option + " " + uri + " is there already. Name a new folder, or delete it.");
        } catch (IOException | RuntimeException e) {
            problems.add(option + " " + uri + " cannot be reached (" + e.getMessage() + "). Check the address.");
        }
    }

    /** Notes a file that cannot be written, as far as that can be told beforehand. */
    public static void checkWritable(Problems problems, String option, String uri) {
        if (uri == null || refuseSecret(problems, option, uri)) {
            return;
        }
        String otherwise = option + " " + uri + " cannot be written";
        try {
            Path file = new Path(uri);
            FileSystem fs = file.getFileSystem(hadoop());
            boolean local = fs instanceof LocalFileSystem;
            java.nio.file.Path folder = local
                    ? java.nio.file.Path.of(fs.makeQualified(file).toUri().getPath())
                            .getParent()
                    : null;
            problems.check(
                    !local || (Files.isWritable(folder) && !Files.isDirectory(folder.resolve(file.getName()))),
                    otherwise + ". Name a file in a folder that is there and can be written.");
        } catch (IOException | RuntimeException e) {
            problems.add(otherwise + " (" + e.getMessage() + "). Check the address.");
        }
    }

    /** Notes a model that is not there, in storage or in the program. */
    public static void checkModel(Problems problems, String option, String uri) {
        if (uri == null || !ModelFile.isBuiltin(uri)) {
            check(problems, option, uri);
        } else if (!ModelFile.hasBuiltin(uri)) {
            problems.addMissing(option + " " + uri + " is not there. The program brings builtin:prior,"
                    + " builtin:learner-early, -middle, -late and -late-logits.");
        }
    }

    /** Notes a password in a URI: it would stand in tables and logs. */
    public static boolean refuseSecret(Problems problems, String option, String uri) {
        boolean secret = uri != null && !Redaction.of(uri).equals(uri);
        problems.check(
                !secret,
                option + " " + Redaction.of(String.valueOf(uri))
                        + " carries a password. Put it into Hadoop's settings, such as spark.hadoop.fs.s3a.secret.key.");
        return secret;
    }
}
