package io.rela.cli.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Epochs in a row, as {@code 3} or {@code 0..29} names them. Immutable.
 *
 * @param first of them, 0 or more
 * @param last of them, not before the first
 */
public record EpochRange(int first, int last) {
    /** One, as a pattern: so many digits as an int holds whatever they are. */
    static final String NUMBER = "\\d{1,9}";

    private static final Pattern WRITTEN = Pattern.compile("(" + NUMBER + ")(?:\\.\\.(" + NUMBER + "))?");

    /** Reads one. */
    public static final class Converter implements ITypeConverter<EpochRange> {
        @Override
        public EpochRange convert(String value) {
            Matcher written = WRITTEN.matcher(value.strip());
            if (!written.matches()) {
                throw new TypeConversionException(
                        "'" + value + "' is no epoch: write a number from 0 on, or of several A..B, such as 0..29");
            }
            int first = Integer.parseInt(written.group(1));
            int last = written.group(2) == null ? first : Integer.parseInt(written.group(2));
            if (last < first) {
                throw new TypeConversionException(
                        "'" + value + "' ends before it begins: write " + last + ".." + first);
            }
            return new EpochRange(first, last);
        }
    }

    /** Whether there is just one. */
    public boolean isOne() {
        return first == last;
    }

    @Override
    public String toString() {
        return isOne() ? String.valueOf(first) : first + ".." + last;
    }
}
