package io.rela.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.ExitCode;
import io.rela.cli.options.Inputs;
import io.rela.run.CommandResult;
import io.rela.run.Figures;
import io.rela.run.Outcome;
import io.rela.table.Json;
import io.rela.table.TextFile;
import java.io.IOException;

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

    /**
     * Writes the file.
     *
     * @throws IOException when it cannot be written
     */
    static void write(String uri, String command, ExitCode code, CommandResult result) throws IOException {
        TextFile.replace(
                uri,
                Json.text(new Content(
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
                        result.record().orElse(null))),
                Inputs.hadoop());
    }
}
