package io.rela.source;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.run.Printable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * How far the symbolic links of an input may lead. Immutable.
 *
 * @param input its uri, for messages
 * @param within real path of a local input, which links must not leave; null where they may lead anywhere
 */
record Border(String input, String within) implements Serializable {
    /** A link that leaves its input, and the real path of what it leads to. */
    record Crossing(String link, String target) {
        private static final Comparator<Crossing> ORDER = Comparator.comparing(Crossing::link, Names.BY_CODE_POINT);

        static Optional<Crossing> first(List<Crossing> crossings) {
            return crossings.stream().min(ORDER);
        }

        @Override
        public String toString() {
            return "'" + Printable.line(link) + "' leads to '" + Printable.line(target) + "'";
        }
    }

    static Border of(String input, Links links) throws IOException {
        Path path = new Path(input);
        return links == Links.INSIDE && Storage.isLocal(path)
                ? new Border(input, Storage.local(path).toPath().toRealPath().toString())
                : none(input);
    }

    /** Links may lead anywhere. */
    static Border none(String input) {
        return new Border(input, null);
    }

    /** Where a local link leads, if it must not. */
    Optional<String> crossedBy(java.nio.file.Path link) throws IOException {
        if (within == null) {
            return Optional.empty();
        }
        java.nio.file.Path target = link.toRealPath();
        return target.startsWith(within) ? Optional.empty() : Optional.of(target.toString());
    }

    /**
     * Ends the command where links leave the input.
     *
     * @param first one of them, in words
     * @param count number of them
     */
    RelaException refusal(String first, long count) {
        return new RelaException(
                ExitCode.SETTINGS,
                "The link " + first + ", which is not below " + Flag.INPUT + " " + input
                        + (count > 1 ? "; so do others, " + count + " in all" : "")
                        + ". Put what is meant into the input, or go on with " + Flag.FOLLOW_LINKS + ".");
    }

    void refuse(List<Crossing> crossings) {
        Crossing.first(crossings).ifPresent(first -> {
            throw refusal(first.toString(), crossings.size());
        });
    }
}
