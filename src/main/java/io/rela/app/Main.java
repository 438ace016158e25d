package io.rela.app;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.settings.Problems;
import io.rela.source.SourceException;
import io.rela.source.StorageException;
import io.rela.table.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.PropertiesDefaultProvider;

/** The program: {@code spark-submit rela-convert.jar COMMAND [options]}. Driver only. */
public final class Main {
    /** Commands that keep their progress when they are stopped. */
    private static final Set<String> RESUMING = Set.of("convert", "distill", "score");

    private static volatile boolean stopping;

    private Main() {}

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopping = true));
        System.exit(run(args, System.out, System.err).code());
    }

    /** Whether somebody has asked this process to end. */
    static boolean isStopping() {
        return stopping;
    }

    /**
     * Runs one command.
     *
     * @param args the command and its options
     * @param out takes results
     * @param err takes progress, warnings and the message of a failure
     * @return what the process should end with
     */
    public static ExitCode run(String[] args, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new RelaCommand());
        for (CommandLine each : line.getSubcommands().values()) {
            each.getCommandSpec().parser().collectErrors(true);
            each.setCaseInsensitiveEnumValuesAllowed(true);
        }
        line.getCommandSpec().parser().collectErrors(true);
        Properties config = new Properties();
        Problems problems = new Problems();
        readConfig(args, line, config, problems);
        line.setDefaultValueProvider(new PropertiesDefaultProvider(config));
        ParseResult parsed = line.parseArgs(args);
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            return withoutCommand(args, parsed, line, out, err);
        }
        CommandLine chosen = sub.commandSpec().commandLine();
        if (sub.isUsageHelpRequested()) {
            chosen.usage(out);
            return ExitCode.DONE;
        }
        Command command = (Command) sub.commandSpec().userObject();
        return execute(command, sub, problems, out, err);
    }

    private static ExitCode withoutCommand(
            String[] args, ParseResult parsed, CommandLine line, PrintStream out, PrintStream err) {
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
                        ? "Which command? One of " + line.getSubcommands().keySet() + "; --help tells more."
                        : "No command in \"" + String.join(" ", args) + "\". One of "
                                + line.getSubcommands().keySet() + "; --help tells more.");
        return ExitCode.SETTINGS;
    }

    private static ExitCode execute(
            Command command, ParseResult parsed, Problems problems, PrintStream out, PrintStream err) {
        String name = parsed.commandSpec().name();
        try {
            for (Exception error : parsed.errors()) {
                problems.add(error.getMessage());
            }
            checkResultFile(command.common.resultFile, problems);
            command.check(problems);
            problems.throwIfAny();
            Command.Result result = command.run(out);
            out.println(result.message());
            return report(command, name, ExitCode.DONE, result, err);
        } catch (Exception | LinkageError | OutOfMemoryError failure) {
            RelaException known = known(failure, RESUMING.contains(name));
            ExitCode code = known == null ? ExitCode.UNEXPECTED : known.exitCode();
            String message = ConvertIdentity.redacted(
                    stopping
                            ? "stopped" + (RESUMING.contains(name) ? "; the same command goes on from here" : "")
                            : known == null ? unexpected(failure) : known.getMessage());
            err.println("rela " + name + ": " + message);
            if (command.common.verbose) {
                failure.printStackTrace(err);
            }
            return report(command, name, code, new Command.Result(message, null, null), err);
        }
    }

    private static RelaException known(Throwable failure, boolean resumes) {
        RelaException known = RelaException.in(failure);
        if (known != null) {
            return known;
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SourceException source) {
                return new RelaException(ExitCode.INPUT, source.getMessage(), source);
            }
        }
        return StorageException.in(failure)
                .map(storage -> StorageFailures.told(storage, resumes))
                .orElse(null);
    }

    private static String unexpected(Throwable failure) {
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        return "unexpected failure, " + failure.getClass().getSimpleName() + ": " + first + " (--verbose shows where)";
    }

    private static ExitCode report(
            Command command, String name, ExitCode code, Command.Result result, PrintStream err) {
        Path file = command.common.resultFile;
        if (file == null) {
            return code;
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("command", name);
        content.put("exit_code", code.code());
        content.put("message", result.message());
        content.put("home", result.home());
        content.put("record", result.record());
        try {
            Files.writeString(file, Json.text(content) + "\n");
            return code;
        } catch (IOException e) {
            err.println("--result-file " + file + " cannot be written: " + reason(e));
            return code == ExitCode.DONE ? ExitCode.SETTINGS : code;
        }
    }

    private static void readConfig(String[] args, CommandLine line, Properties config, Problems problems) {
        for (String file : configFiles(args)) {
            try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
                config.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                problems.add(
                        "--config " + file + " cannot be read (" + reason(e) + "). Name a properties file in UTF-8.");
            }
        }
        Set<String> everywhere = new TreeSet<>();
        for (CommandLine sub : line.getSubcommands().values()) {
            everywhere.addAll(optionNames(sub));
        }
        for (String key : new TreeSet<>(config.stringPropertyNames())) {
            int dot = key.indexOf('.');
            CommandLine sub = dot < 0 ? null : line.getSubcommands().get(key.substring(0, dot));
            String option = sub == null ? key : key.substring(dot + 1);
            Set<String> known = sub == null ? everywhere : optionNames(sub);
            problems.check(
                    known.contains(option), "Unknown key in the configuration file: " + key + nearest(option, known));
            if (config.getProperty(key).isBlank() && isFlag(line, option)) {
                config.setProperty(key, "true");
            }
            if (sub != null) {
                // picocli's provider wants the whole path of the command.
                config.setProperty(line.getCommandName() + "." + key, config.getProperty(key));
            }
        }
    }

    private static List<String> configFiles(String[] args) {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--config=")) {
                files.add(args[i].substring("--config=".length()));
            } else if (args[i].equals("--config") && i + 1 < args.length) {
                files.add(args[i + 1]);
            }
        }
        return files;
    }

    private static Set<String> optionNames(CommandLine command) {
        Set<String> names = new TreeSet<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            names.add(option.longestName().substring(2));
        }
        return names;
    }

    private static boolean isFlag(CommandLine line, String option) {
        return line.getSubcommands().values().stream()
                .map(sub -> sub.getCommandSpec().findOption("--" + option))
                .anyMatch(found -> found != null && found.arity().max() == 0);
    }

    private static void checkResultFile(Path file, Problems problems) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        problems.check(
                file == null || (Files.isWritable(folder) && !Files.isDirectory(file)),
                "--result-file " + file
                        + " cannot be written. Name a file in a folder that is there and can be written.");
    }

    private static String reason(Exception failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file";
        }
        return failure instanceof CharacterCodingException ? "it is not UTF-8" : String.valueOf(failure.getMessage());
    }

    private static String nearest(String wrong, Set<String> known) {
        return known.stream()
                .filter(name -> name.startsWith(wrong) || wrong.startsWith(name) || name.contains(wrong))
                .findFirst()
                .map(name -> "; is it " + name + "?")
                .orElse("; rela COMMAND --help lists the options");
    }
}
