package io.rela.model;

import java.util.regex.Pattern;

/** Makes libtorch's pages of C++ frames into one line. */
final class TorchMessages {
    private static final int LONGEST = 300;

    /** How the line begins that tells the cause, after a trace of TorchScript's frames: {@code builtins.ValueError: …}. */
    private static final Pattern CAUSE = Pattern.compile("[\\w.]*(Error|Exception): \\S.*");

    private TorchMessages() {}

    /** The one line that says what is wrong. */
    static String brief(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        String line = message.lines()
                .map(String::strip)
                .filter(l -> CAUSE.matcher(l).matches())
                .findFirst()
                .orElseGet(() -> message.lines().findFirst().orElse(""));
        if (line.length() <= LONGEST) {
            return line;
        }
        int sentence = line.lastIndexOf(". ", LONGEST);
        return sentence > 0 ? line.substring(0, sentence) : line.substring(0, LONGEST) + "…";
    }
}
