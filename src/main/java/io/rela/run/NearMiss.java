package io.rela.run;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody may have meant by a name that is none. */
public final class NearMiss {
    private NearMiss() {}

    /**
     * A question to append to the message about a name that is none.
     *
     * @param wrong the name; what comes after {@code =} does not belong to it
     * @param known the names that there are
     * @return {@code "; is it NAME?"}; empty where none of them is near
     */
    public static String of(String wrong, Collection<String> known) {
        String name = wrong.replaceFirst("=.*", "").toLowerCase(Locale.ROOT);
        int most = Math.max(
                1, (int) name.chars().filter(Character::isLetterOrDigit).count() / 3);
        Optional<String> near = known.stream()
                .filter(one -> LevenshteinDistance.getDefaultInstance().apply(name, one) <= most)
                .min(Comparator.<String>comparingInt(
                                one -> LevenshteinDistance.getDefaultInstance().apply(name, one))
                        .thenComparing(Comparator.naturalOrder()));
        Optional<String> part = known.stream()
                .filter(one -> one.startsWith(name) || name.startsWith(one))
                .sorted()
                .findFirst();
        return near.or(() -> part).map(one -> "; is it " + one + "?").orElse("");
    }
}
