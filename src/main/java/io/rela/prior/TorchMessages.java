package io.rela.prior;

/** Makes libtorch's pages of C++ frames into one line. */
final class TorchMessages {
    private static final int LONGEST = 300;

    private TorchMessages() {}

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
