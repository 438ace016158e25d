package io.rela.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import io.rela.table.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Settings, and what differs between them, as a person reads it. */
public final class Differences {
    private Differences() {}

    /**
     * One sentence for each value that differs, named by the last part of its path as options are spelled.
     *
     * @param before settings as the manifest has them
     * @param now settings as they were asked for
     * @return empty when nothing differs
     */
    public static List<String> between(Object before, Object now) {
        Map<String, String> was = values(before);
        Map<String, String> is = values(now);
        Set<String> keys = new TreeSet<>(was.keySet());
        keys.addAll(is.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String old = was.getOrDefault(key, "not set");
            String asked = is.getOrDefault(key, "not set");
            if (!old.equals(asked)) {
                differences.add(key + " was " + old + ", is " + asked);
            }
        }
        return differences;
    }

    /** Settings by name, the last part of their path as options are spelled. */
    public static Map<String, String> values(Object settings) {
        Map<String, String> values = new TreeMap<>();
        collect("", Json.tree(settings), values);
        return values;
    }

    private static void collect(String name, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.fields()
                    .forEachRemaining(field -> collect(field.getKey().replace('_', '-'), field.getValue(), values));
        } else if (node.isArray()) {
            List<String> all = new ArrayList<>();
            node.forEach(each -> all.add(each.asText()));
            values.put(name, String.join(",", all));
        } else {
            values.put(name, node.asText());
        }
    }
}
