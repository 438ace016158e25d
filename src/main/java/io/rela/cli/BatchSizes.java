package io.rela.cli;

import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --batch-size} asks for. Immutable.
 *
 * @param pictures a forward pass, at least 1; empty for {@code auto}: whatever is fastest where the tasks run
 */
public record BatchSizes(Optional<Integer> pictures) {
    public static final String AUTO = "auto";

    /** Whether this asks for anything that is no batch. */
    boolean isWrong() {
        return pictures.isPresent() && pictures.get() < 1;
    }

    @Override
    public String toString() {
        return pictures.map(String::valueOf).orElse(AUTO);
    }

    public boolean isAuto() {
        return pictures.isEmpty();
    }

    /** Reads the option's value. */
    static final class Converter implements ITypeConverter<BatchSizes> {
        @Override
        public BatchSizes convert(String text) {
            if (text.equalsIgnoreCase(AUTO)) {
                return new BatchSizes(Optional.empty());
            }
            try {
                return new BatchSizes(Optional.of(Integer.parseInt(text)));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither auto nor a whole number of at least 1");
            }
        }
    }
}
