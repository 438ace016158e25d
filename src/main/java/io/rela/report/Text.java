package io.rela.report;

import java.util.Locale;

/** Text that comes from data, such as names of classes and files, made safe to show. */
final class Text {
    private Text() {}

    /**
     * The same text without what acts on a page instead of being read: control characters, marks that turn the direction of
     * writing, halves of surrogate pairs and code points that are no characters become their number, as {@code ⟨U+202E⟩}.
     */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (acts(point)) {
                visible.append(String.format(Locale.ROOT, "⟨U+%04X⟩", point));
            } else {
                visible.appendCodePoint(point);
            }
        });
        return visible.toString();
    }

    private static boolean acts(int point) {
        int type = Character.getType(point);
        return type == Character.CONTROL
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || (point & 0xFFFE) == 0xFFFE
                || point == 0x061C
                || point == 0x200E
                || point == 0x200F
                || point == 0xFEFF
                || (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2066 && point <= 0x2069);
    }

    /** At most so many characters: the middle of what is longer gives way to an ellipsis. No character is cut in two. */
    static String shortened(String text, int most) {
        int[] points = text.codePoints().toArray();
        if (points.length <= most) {
            return text;
        }
        int head = most / 2;
        int tail = most - head - 1;
        return new String(points, 0, head) + "…" + new String(points, points.length - tail, tail);
    }

    /** For the content and the attributes of HTML and SVG. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
