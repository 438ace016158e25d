package io.rela.source;

import io.rela.run.Printable;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** What names of files mean, and how they are ordered. */
final class Names {
    /** Orders by Unicode code point, where {@link String#compareTo} orders by UTF-16 unit. */
    static final Comparator<String> BY_CODE_POINT = Names::compareCodePoints;

    private static final int SHOWN = 10;

    private Names() {}

    static boolean isHidden(String name) {
        return name.startsWith(".");
    }

    static boolean hasSuffix(String name, String suffix) {
        return name.regionMatches(true, name.length() - suffix.length(), suffix, 0, suffix.length());
    }

    static boolean isCompressedTar(String name) {
        return name.toLowerCase(Locale.ROOT).matches("(?s).*\\.(tar\\.[a-z0-9]+|tgz|tbz2|txz|tzst)");
    }

    /** Of names in a folder that cannot be told as text, and so neither be listed nor read. */
    static SourceException unspelled(Path folder, Collection<String> names) {
        String encoding = System.getProperty("sun.jnu.encoding");
        return new SourceException(
                "Names in '" + folder + "' cannot be spelled in this JVM's encoding " + encoding + ": "
                        + ("UTF-8".equalsIgnoreCase(encoding) ? "" : "set LC_ALL=C.UTF-8 for driver and executors, or ")
                        + "rename " + some(names));
    }

    /** The first few, for a message. */
    static String some(Collection<String> names) {
        String shown = names.stream().limit(SHOWN).map(Printable::line).collect(Collectors.joining(", "));
        return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
    }

    /** "1 file", "2 files". */
    static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static int compareCodePoints(String left, String right) {
        int shared = Math.min(left.length(), right.length());
        for (int i = 0; i < shared; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Integer.compare(codePointRank(a), codePointRank(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    // Surrogates stand for code points above all others, though their units lie below U+E000.
    private static int codePointRank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
