package io.rela.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.run.CommandResult;
import io.rela.run.Figures;
import io.rela.run.Outcome;
import io.rela.table.Json;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** {@code --result-file}: how a command ended as one JSON object on any file system, whole or not at all. */
final class ResultFile {
    private ResultFile() {}

    /**
     * What the file holds.
     *
     * @param command name of the command
     * @param outcome how it ended
     * @param exit what the process ends with
     * @param retryable whether the same command may end otherwise when it is tried again later
     * @param message one sentence for a person
     * @param home the dataset home
     * @param table URI of the table that was made, or was there already
     * @param requested what was asked for, where that is not what the record says
     * @param record what was written or found
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Content(
            String command,
            Outcome outcome,
            int exit,
            boolean retryable,
            String message,
            String home,
            String table,
            Figures requested,
            Figures record) {}

    /** Notes a place where nothing can be written, as far as that can be told beforehand. */
    static void check(Problems problems, String uri) {
        check(problems, Flag.RESULT_FILE, uri);
    }

    /** The same of a file that another option names. */
    static void check(Problems problems, String option, String uri) {
        if (uri == null || Inputs.refuseSecret(problems, option, uri)) {
            return;
        }
        String otherwise = option + " " + uri + " cannot be written";
        try {
            Path file = new Path(uri);
            FileSystem fs = file.getFileSystem(Inputs.hadoop());
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

    /**
     * Writes the file.
     *
     * @throws IOException when it cannot be written
     */
    static void write(String uri, String command, ExitCode code, CommandResult result) throws IOException {
        Configuration conf = Inputs.hadoop();
        Path file = new Path(uri);
        FileSystem found = file.getFileSystem(conf);
        // A checksum file would stay behind.
        FileSystem fs = found instanceof LocalFileSystem local ? local.getRaw() : found;
        Json.replace(
                fs,
                file,
                new Content(
                        command,
                        result.outcome(),
                        code.code(),
                        code.isRetryable(),
                        result.message(),
                        result.home().orElse(null),
                        result.table()
                                .map(table -> result.home().orElseThrow() + "/" + table)
                                .orElse(null),
                        result.requested().orElse(null),
                        result.record().orElse(null)));
    }
}
