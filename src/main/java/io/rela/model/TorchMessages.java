package io.rela.model;

/** Makes libtorch's pages of C++ frames into one line. */
final class TorchMessages {
    private static final int LONGEST = 300;

    private TorchMessages() {}

    /** Whether a device or the host had no memory left: torch has no other sign of it than its words. */
    static boolean isOutOfMemory(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("out of memory")
                || message.contains("not enough memory")
                || message.contains("can't allocate memory");
    }

    /** The one line that says what is wrong. */
    static String brief(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        String line = message.lines()
                .map(String::strip)
                .filter(l -> l.startsWith("RuntimeError:") || l.startsWith("Error:"))
                .findFirst()
                .orElseGet(() -> message.lines().findFirst().orElse(""));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
