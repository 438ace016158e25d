package io.rela.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Numbers that a script of {@code src/test/python} made: a line is a name, then numbers. */
public final class Expectations {
    private Expectations() {}

    /** By name. */
    public static Map<String, double[]> read(String resource) throws IOException {
        Map<String, double[]> numbers = new HashMap<>();
        try (InputStream in = Expectations.class.getResourceAsStream(resource)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] words = line.split(" ", -1);
                numbers.put(
                        words[0],
                        Arrays.stream(words)
                                .skip(1)
                                .mapToDouble(Double::parseDouble)
                                .toArray());
            });
        }
        return numbers;
    }
}
