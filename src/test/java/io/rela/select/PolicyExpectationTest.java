package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.rank.Draw;
import io.rela.rank.Population;
import io.rela.testing.InMemoryPopulation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies against {@code src/test/python/expected_subsets.py}, which recomputes them from their description. */
class PolicyExpectationTest {
    private static final double FLOAT_ROUNDING = 1e-6;

    /** One of the script's cases; its text is short enough for a test's name. */
    record Case(JsonNode json) {
        @Override
        public String toString() {
            return String.join(
                    " ",
                    json.get("policy").asText() + json.get("params"),
                    json.get("population").asText() + json.get("of"),
                    "seed " + json.get("seed"),
                    "epoch " + json.get("epoch") + "/" + json.get("epochs"),
                    "ratio " + json.get("ratio"));
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = PolicyExpectationTest.class.getResourceAsStream("/select/expected.json")) {
            JsonNode all = new ObjectMapper().readTree(in);
            return StreamSupport.stream(all.spliterator(), false).map(Case::new);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void choosesWhatTheDescriptionSays(Case expected) throws NoSuchAlgorithmException {
        JsonNode json = expected.json();
        InMemoryPopulation population =
                population(json.get("population").asText(), json.get("of").asInt());
        Selection.Settled settled = Selection.settle(
                policy(json.get("policy").asText(), json.get("params")),
                population,
                json.get("seed").asLong(),
                json.get("epoch").asInt(),
                json.get("epochs").isNull()
                        ? OptionalInt.empty()
                        : OptionalInt.of(json.get("epochs").asInt()),
                json.get("ratio").asDouble(),
                epoch -> json.get("earlier").get(epoch).asLong());

        NavigableMap<Long, Float> chosen = population.chosen(settled);

        List<Long> first = chosen.keySet().stream().limit(10).toList();
        assertThat(first).isEqualTo(longs(json.get("first")));
        assertThat(chosen).hasSize(json.get("rows").asInt());
        assertThat(sha256(chosen)).isEqualTo(json.get("sha256").asText());
        double[] weights = chosen.values().stream().mapToDouble(w -> w).toArray();
        assertThat(Arrays.stream(weights).sum())
                .isCloseTo(
                        json.get("weights").asDouble(),
                        within(FLOAT_ROUNDING * json.get("weights").asDouble()));
        for (int i = 0; i < first.size(); i++) {
            double weight = json.get("first_weights").get(i).asDouble();
            assertThat(weights[i]).isCloseTo(weight, within(FLOAT_ROUNDING * weight));
        }
    }

    private static List<Long> longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asLong)
                .toList();
    }

    private static String sha256(NavigableMap<Long, Float> chosen) throws NoSuchAlgorithmException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * chosen.size()).order(ByteOrder.LITTLE_ENDIAN);
        chosen.keySet().forEach(bytes::putLong);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }

    private static SelectionPolicy policy(String name, JsonNode params) {
        Map<String, Double> given = new TreeMap<>();
        params.fields()
                .forEachRemaining(
                        param -> given.put(param.getKey(), param.getValue().asDouble()));
        return SelectionPolicies.named(name).orElseThrow().make(given);
    }

    /** The script's {@code population}. */
    private static InMemoryPopulation population(String kind, int rows) {
        Draw losses = new Draw(7, "loss", 0);
        Draw labels = new Draw(7, "label", 0);
        Draw references = new Draw(7, "reference", 0);
        Draw missing = new Draw(7, "missing", 0);
        Draw otherMissing = new Draw(7, "missing", 1);
        Draw zero = new Draw(7, "zero", 0);
        Draw otherZero = new Draw(7, "zero", 1);
        Draw same = new Draw(7, "zero", 2);
        long[] index = new long[rows];
        float[] loss = new float[rows];
        float[] reference = new float[rows];
        int[] label = new int[rows];
        for (int row = 0; row < rows; row++) {
            long i = row + row / 7 * 3L;
            double u = losses.unit(i);
            double v = labels.unit(i);
            double w = references.unit(i);
            int number = (int) (v * v * 12);
            index[row] = i;
            label[row] = v < 0.1 ? Population.NO_CLASS : number >= 5 ? number + 1 : number;
            loss[row] = switch (kind) {
                case "ties" -> (float) (Math.floor(u * 16) / 8);
                case "missing" -> missing.unit(i) < 0.05 ? Float.NaN : (float) (u * u * 2);
                case "equal" -> 0.7f;
                case "zeros" -> zero.unit(i) < 0.4 ? 0 : (float) (u * u * 2);
                case "wide" -> (float) Math.scalb(1 + v, (int) (u * 200) - 100);
                case "signed" -> otherZero.unit(i) < 0.1 ? 0f : zero.unit(i) < 0.1 ? -0f : (float) (u - 0.5);
                default -> (float) (u * u * 2);
            };
            reference[row] = switch (kind) {
                case "ties" -> (float) (Math.floor(w * 4) / 8);
                case "missing" -> otherMissing.unit(i) < 0.08 ? Float.NaN : (float) (w * w * 2);
                case "equal" -> 0.7f;
                case "zeros" -> zero.unit(i) < 0.4 ? 0 : (float) (w * w * 2);
                case "wide" -> (float) Math.scalb(1 + w, (int) (w * 200) - 100);
                case "signed" -> same.unit(i) < 0.3 ? loss[row] + 0f : (float) (w - 0.5);
                default -> (float) (w * w * 2);
            };
            if (kind.equals("oneclass")) {
                label[row] = 3;
            } else if (kind.equals("unlabelled")) {
                label[row] = Population.NO_CLASS;
            }
        }
        return new InMemoryPopulation(index, loss, reference, label, rows);
    }
}
