package io.rela.run;

/**
 * Text as a terminal and a log may have it. Names of files are anybody's: with control characters in them they could redraw a
 * screen, or look like lines of this program.
 */
public final class Printable {
    private Printable() {}

    /** With control characters spelled out, as {@code \x1b}, and line feeds as they are. */
    public static String text(String text) {
        return spelled(text, true);
    }

    /** On one line: with line feeds spelled out, too. */
    public static String line(String text) {
        return spelled(text, false);
    }

    private static String spelled(String text, boolean keepLineFeeds) {
        StringBuilder spelled = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if ((c == '\n' && keepLineFeeds) || !(Character.isISOControl(c) || isDirection(c))) {
                spelled.appendCodePoint(c);
            } else {
                spelled.append(c == '\n' ? "\\n" : String.format(c < 256 ? "\\x%02x" : "\\u%04x", c));
            }
        });
        return spelled.toString();
    }

    /** What has the letters behind it run the other way. */
    private static boolean isDirection(int c) {
        return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }
}
