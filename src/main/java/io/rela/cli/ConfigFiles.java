package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.Problems;
import io.rela.run.NearMiss;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Properties files with options: {@code KEY=VALUE}, or {@code COMMAND.KEY=VALUE} for one command. */
final class ConfigFiles {
    private ConfigFiles() {}

    /** Reads every {@code --config} among the arguments; the result is for picocli's default provider. */
    static Properties read(String[] args, CommandLine line, Problems problems) {
        Properties config = new Properties();
        for (String file : files(args)) {
            try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
                config.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                problems.add(Flag.CONFIG + " " + file + " cannot be read (" + reason(e)
                        + "). Name a properties file in UTF-8.");
            }
        }
        Set<String> everywhere = new TreeSet<>();
        for (CommandLine sub : line.getSubcommands().values()) {
            everywhere.addAll(optionNames(sub));
        }
        for (String key : new TreeSet<>(config.stringPropertyNames())) {
            check(key, line, config, everywhere, problems);
        }
        return config;
    }

    private static void check(
            String key, CommandLine line, Properties config, Set<String> everywhere, Problems problems) {
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

    private static List<String> files(String[] args) {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith(Flag.CONFIG + "=")) {
                files.add(args[i].substring((Flag.CONFIG + "=").length()));
            } else if (args[i].equals(Flag.CONFIG) && i + 1 < args.length) {
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
                .map(sub -> sub.getCommandSpec().findOption(Flag.of(option)))
                .anyMatch(found -> found != null && found.arity().max() == 0);
    }

    private static String reason(Exception failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file";
        }
        return failure instanceof CharacterCodingException ? "it is not UTF-8" : String.valueOf(failure.getMessage());
    }

    private static String nearest(String wrong, Set<String> known) {
        String near = NearMiss.of(wrong, known);
        return near.isEmpty() ? "; rela COMMAND " + Flag.HELP + " lists the options" : near;
    }
}
