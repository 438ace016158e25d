package io.rela.convert;

import io.rela.cli.ConvertCommand;
import io.rela.image.Preprocessing;
import io.rela.model.ModelFile;
import io.rela.source.ImageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The settings that decide what a conversion gives, by option name: two runs that agree in them give the same tables. */
public final class ConvertIdentity {
    private static final List<String> KEYS = List.of(
            "input",
            "input-format",
            "image-column",
            "label-column",
            "id-column",
            "prior-sha256",
            "input-size",
            "resize",
            "interpolation",
            "mean",
            "std",
            "projection",
            "dimensions",
            "keep-images",
            "batch-size",
            "seed");

    private ConvertIdentity() {}

    static Map<String, String> of(
            ConvertCommand asked, ModelFile prior, ImageSource source, int batch, int dimensions) {
        Preprocessing seen = prior.preprocessing();
        Map<String, String> identity = new TreeMap<>();
        identity.put("input", redacted(source.uri()));
        identity.put("input-format", source.format().name().toLowerCase(Locale.ROOT));
        putIfGiven(identity, "image-column", asked.imageColumn);
        putIfGiven(identity, "label-column", asked.labelColumn);
        putIfGiven(identity, "id-column", asked.idColumn);
        identity.put("prior-sha256", prior.sha256());
        identity.putAll(view(seen));
        identity.put("projection", asked.projection.name().toLowerCase(Locale.ROOT));
        identity.put("dimensions", Integer.toString(dimensions));
        identity.put("keep-images", Boolean.toString(asked.keepImages));
        identity.put("batch-size", Integer.toString(batch));
        identity.put("seed", Long.toString(asked.seed));
        return identity;
    }

    /** What a model sees. */
    public static Map<String, String> view(Preprocessing seen) {
        Map<String, String> view = new TreeMap<>();
        view.put("input-size", Integer.toString(seen.inputSize()));
        view.put("resize", Integer.toString(seen.resize()));
        view.put("interpolation", seen.interpolation().label());
        view.put("mean", numbers(seen.normalization().means()));
        view.put("std", numbers(seen.normalization().stds()));
        return view;
    }

    /** The part of a record's settings that is identity. */
    static Map<String, String> of(Map<String, String> settings) {
        Map<String, String> identity = new TreeMap<>(settings);
        identity.keySet().retainAll(KEYS);
        return identity;
    }

    /** A text with the passwords of its URIs taken out. */
    public static String redacted(String text) {
        return text.replaceAll("(://[^/:@\\s]+):[^/@\\s]*@", "$1:***@");
    }

    /** What differs, as a person reads it; empty when nothing does. */
    public static List<String> differences(Map<String, String> before, Map<String, String> now) {
        List<String> differences = new ArrayList<>();
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(now.keySet());
        for (String key : keys) {
            String was = before.getOrDefault(key, "not set");
            String is = now.getOrDefault(key, "not set");
            if (!was.equals(is)) {
                differences.add(key + " was " + was + ", is " + is);
            }
        }
        return differences;
    }

    private static void putIfGiven(Map<String, String> identity, String key, String value) {
        if (value != null) {
            identity.put(key, value);
        }
    }

    private static String numbers(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
