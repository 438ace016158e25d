package io.rela.cli;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.failure.Outage;
import io.rela.failure.Platform;
import io.rela.failure.StorageFailures;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.run.NearMiss;
import io.rela.run.Outcome;
import io.rela.run.Printable;
import io.rela.run.Redaction;
import io.rela.run.Shutdown;
import io.rela.run.Versions;
import io.rela.source.SourceException;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.PropertiesDefaultProvider;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: {@code spark-submit rela-convert.jar COMMAND [options]}. Driver only. */
public final class Main {
    /** Messages with these codes say themselves what a disk or a file system did. */
    private static final Set<ExitCode> WORTH_A_RETRY = Set.of(ExitCode.INPUT, ExitCode.BUSY, ExitCode.DOUBTFUL);

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    private Main(InputStream in, PrintStream out, PrintStream err) {
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Runs one command, and ends the process with its exit code. */
    public static void main(String[] args) {
        Shutdown.watch();
        ExitCode code = run(args, System.in, System.out, System.err);
        if (code == ExitCode.DONE && "cluster".equals(System.getProperty("spark.submit.deployMode"))) {
            // YARN takes a driver that ends the process itself for one that has failed, and starts it once more.
            return;
        }
        System.exit(code.code());
    }

    /**
     * Runs one command.
     *
     * @param args the command and its options
     * @param in what {@code batch} reads
     * @param out takes results
     * @param err takes progress, warnings and the message of a failure
     * @return what the process should end with
     */
    public static ExitCode run(String[] args, InputStream in, PrintStream out, PrintStream err) {
        return new Main(in, out, err).run(args);
    }

    private ExitCode run(String[] args) {
        CommandLine line = new CommandLine(new RelaCommand());
        for (CommandLine each : line.getSubcommands().values()) {
            each.getCommandSpec().parser().collectErrors(true);
            each.setCaseInsensitiveEnumValuesAllowed(true);
        }
        line.getCommandSpec().parser().collectErrors(true);
        Problems problems = new Problems();
        line.setDefaultValueProvider(new PropertiesDefaultProvider(ConfigFiles.read(args, line, problems)));
        ParseResult parsed = line.parseArgs(args);
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return withoutCommand(args, parsed, line);
        }
        if (sub.isUsageHelpRequested()) {
            sub.commandSpec().commandLine().usage(out);
            return ExitCode.DONE;
        }
        if (sub.commandSpec().userObject() instanceof Command command) {
            return execute(command, sub, problems);
        }
        return completion(sub, line);
    }

    private ExitCode completion(ParseResult parsed, CommandLine line) {
        if (!parsed.errors().isEmpty()) {
            parsed.errors().forEach(error -> err.println("rela completion: " + error.getMessage()));
            return ExitCode.SETTINGS;
        }
        out.print(AutoComplete.bash(line.getCommandName(), line));
        return ExitCode.DONE;
    }

    private ExitCode withoutCommand(String[] args, ParseResult parsed, CommandLine line) {
        if (parsed.isVersionHelpRequested()) {
            out.println("rela-convert " + Versions.rela());
            return ExitCode.DONE;
        }
        if (parsed.isUsageHelpRequested()) {
            line.usage(out);
            return ExitCode.DONE;
        }
        err.println(
                args.length == 0
                        ? "Which command? One of " + line.getSubcommands().keySet() + "; " + Flag.HELP + " tells more."
                        : "No command in \"" + String.join(" ", args) + "\""
                                + NearMiss.of(args[0], line.getSubcommands().keySet()) + ". One of "
                                + line.getSubcommands().keySet() + "; " + Flag.HELP + " tells more.");
        return ExitCode.SETTINGS;
    }

    private static String meant(Exception error) {
        if (error instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return NearMiss.of(
                    unmatched.getUnmatched().get(0),
                    unmatched.getCommandLine().getCommandSpec().optionsMap().keySet());
        }
        return "";
    }

    private ExitCode execute(Command command, ParseResult parsed, Problems problems) {
        String name = parsed.commandSpec().name();
        try {
            Platform.check();
            for (Exception error : parsed.errors()) {
                problems.add(error.getMessage() + meant(error));
            }
            Inputs.checkWritable(problems, Flag.RESULT_FILE, command.common.resultFile());
            command.check(problems);
            problems.throwIfAny();
            if (command instanceof BatchCommand batch) {
                batch.reads(in, this::run);
            }
            CommandResult result;
            try (CommandRun run = CommandRun.start(name, out, err)) {
                result = command.run(run);
            }
            out.println(Printable.text(result.message()));
            return report(command, name, ExitCode.DONE, result);
        } catch (Exception | Error failure) {
            // Hadoop's FSError, a local disk that fails, is an Error.
            return failed(command, name, failure);
        }
    }

    private ExitCode failed(Command command, String name, Throwable failure) {
        RelaException known = known(failure, command);
        ExitCode code = known == null ? ExitCode.UNEXPECTED : known.exitCode();
        String message;
        if (Shutdown.isRequested()) {
            message = "stopped" + (command.resumes() ? "; the same command goes on from here" : "");
        } else {
            message = Redaction.of(known == null ? unexpected(failure) : known.getMessage());
        }
        err.println("rela " + name + ": " + Printable.text(message));
        if (command.common.isVerbose()) {
            failure.printStackTrace(err);
        }
        return report(
                command,
                name,
                code,
                new CommandResult(
                        Outcome.FAILED,
                        message,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static RelaException known(Throwable failure, Command command) {
        RelaException known = RelaException.in(failure);
        Optional<Outage> outage =
                known != null && WORTH_A_RETRY.contains(known.exitCode()) ? Optional.empty() : Outage.in(failure);
        if (outage.isPresent()) {
            return outage.get().told(command.home(), command::kept, failure);
        }
        if (known != null) {
            return known;
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SourceException source) {
                return new RelaException(ExitCode.INPUT, source.getMessage(), source);
            }
        }
        return StorageException.in(failure)
                .map(storage -> StorageFailures.told(storage, command.resumes()))
                .orElse(null);
    }

    private static String unexpected(Throwable failure) {
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return "unexpected failure, " + failure.getClass().getSimpleName() + ": " + first + " (" + Flag.VERBOSE
                + " shows where)";
    }

    private ExitCode report(Command command, String name, ExitCode code, CommandResult result) {
        String file = command.common.resultFile();
        if (file == null) {
            return code;
        }
        try {
            ResultFile.write(file, name, code, result);
            return code;
        } catch (IOException | RuntimeException e) {
            err.println(Flag.RESULT_FILE + " " + file + " cannot be written: " + e.getMessage());
            // That its folder can be written was seen before the work: it is the storage that fails by now.
            return code == ExitCode.DONE ? ExitCode.INPUT : code;
        }
    }
}
