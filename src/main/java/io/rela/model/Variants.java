package io.rela.model;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * The precisions that a model directory holds, as its {@code serving.properties} lists them: {@code precision.bfloat16.file} is the
 * variant's TorchScript file, {@code .sha256} its hash, {@code .cosine.mean} how close its features were to float32's when it was
 * made. float32, the model itself, is always there and not listed. Immutable.
 *
 * @param name of the model, for messages
 * @param held by precision
 */
record Variants(String name, Map<Precision, Variant> held) {
    /** Mean cosine to float32's features from which on {@code auto} takes a variant. */
    static final double CLOSE = 0.999;

    private static final String PREFIX = "precision.";

    /**
     * One of them.
     *
     * @param file its name in the directory
     * @param sha256 of the file, in hex; empty where the directory does not tell
     * @param meanCosine to float32's features, at most 1; empty where that was not measured
     */
    record Variant(String file, Optional<String> sha256, Optional<Double> meanCosine) {}

    /** None, as of a bare file. */
    static Variants none(String name) {
        return new Variants(name, Map.of());
    }

    /**
     * Reads what a directory lists.
     *
     * @throws RelaException when it lists a precision that there is not, a file elsewhere, or no number
     */
    static Variants listed(String name, Properties served) {
        Map<Precision, Variant> held = new EnumMap<>(Precision.class);
        for (String key : served.stringPropertyNames()) {
            if (!key.startsWith(PREFIX) || !key.endsWith(".file")) {
                continue;
            }
            String said = key.substring(PREFIX.length(), key.length() - ".file".length());
            held.put(precision(name, key, said), variant(name, PREFIX + said, served));
        }
        return new Variants(name, held);
    }

    private static Precision precision(String name, String key, String said) {
        try {
            Precision precision = Precision.parse(said);
            if (precision != Precision.FLOAT32) {
                return precision;
            }
        } catch (IllegalArgumentException e) {
            // The message below says it for both.
        }
        throw wrong(name, key, "variants are bfloat16 or float16");
    }

    private static Variant variant(String name, String prefix, Properties served) {
        String file = served.getProperty(prefix + ".file").strip();
        if (file.isEmpty() || file.startsWith(".") || file.contains("/") || file.contains("\\")) {
            throw wrong(name, prefix + ".file=" + file, "name a file of the same directory");
        }
        return new Variant(
                file,
                Optional.ofNullable(served.getProperty(prefix + ".sha256")).map(String::strip),
                Optional.ofNullable(served.getProperty(prefix + ".cosine.mean"))
                        .map(text -> cosine(name, prefix + ".cosine.mean", text.strip())));
    }

    private static double cosine(String name, String key, String text) {
        try {
            double value = Double.parseDouble(text);
            if (value >= -1 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says it for both.
        }
        throw wrong(name, key + "=" + text, "write a number from -1 to 1");
    }

    private static RelaException wrong(String name, String line, String repair) {
        return new RelaException(
                ExitCode.SETTINGS, name + ": " + line + " in its serving.properties: " + repair + ", or leave it out.");
    }

    /** Names of the variants' files. */
    Set<String> files() {
        Set<String> files = new TreeSet<>();
        held.values().forEach(variant -> files.add(variant.file()));
        return files;
    }

    /**
     * The precision that is asked for.
     *
     * @throws RelaException when the model is not there in it
     */
    Precision choose(PrecisionRequest asked, AutoPrecision auto) {
        Precision chosen = asked.named().orElseGet(() -> automatic(auto));
        if (!holds(chosen)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    name + " is not there in " + Flag.PRECISION + " " + chosen + ", only in " + told()
                            + ". Ask for that, or make a model directory that holds it: bin/export-prior "
                            + Flag.PRECISION + " "
                            + chosen.exported() + ".");
        }
        return chosen;
    }

    private Precision automatic(AutoPrecision auto) {
        if (held.isEmpty()) {
            return Precision.FLOAT32;
        }
        return auto.before().get().filter(this::holds).orElseGet(() -> {
            Optional<Precision> close = List.of(Precision.BFLOAT16, Precision.FLOAT16).stream()
                    .filter(this::isClose)
                    .findFirst();
            return close.filter(precision -> auto.gpu().getAsBoolean()).orElse(Precision.FLOAT32);
        });
    }

    private boolean holds(Precision precision) {
        return precision == Precision.FLOAT32 || held.containsKey(precision);
    }

    private boolean isClose(Precision precision) {
        return Optional.ofNullable(held.get(precision))
                .flatMap(Variant::meanCosine)
                .filter(cosine -> cosine >= CLOSE)
                .isPresent();
    }

    private String told() {
        StringBuilder told = new StringBuilder(Precision.FLOAT32.toString());
        held.keySet().forEach(precision -> told.append(", ").append(precision));
        return told.toString();
    }
}
