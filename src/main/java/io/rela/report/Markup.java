package io.rela.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes HTML and SVG: what goes in is text and comes out escaped, and what is opened has to be closed. One thread. */
final class Markup {
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Opens an element.
     *
     * @param attributes names and values in turn
     */
    Markup open(String tag, Object... attributes) {
        begin(tag, attributes);
        out.append('>');
        open.push(tag);
        return this;
    }

    /** An element without content, as SVG and void elements of HTML have it. */
    Markup empty(String tag, Object... attributes) {
        begin(tag, attributes);
        out.append("/>");
        return this;
    }

    /** An element with text in it. */
    Markup element(String tag, String text, Object... attributes) {
        return open(tag, attributes).text(text).close();
    }

    private void begin(String tag, Object... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(Text.escaped(Text.visible(attributes[i + 1].toString())))
                    .append('"');
        }
    }

    /** Text of this program. */
    Markup text(String text) {
        out.append(Text.escaped(text));
        return this;
    }

    /** Text that comes from data, kept from acting on what stands beside it. */
    Markup data(String text) {
        return element("bdi", Text.visible(text));
    }

    /** What another one has written. */
    Markup add(Markup written) {
        out.append(written);
        return this;
    }

    /** Text as it is: a style sheet of this program. */
    Markup verbatim(String trusted) {
        out.append(trusted);
        return this;
    }

    /** Closes the element that was opened last. */
    Markup close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Ends the line, for those who read the source. */
    Markup line() {
        out.append('\n');
        return this;
    }

    /** All that was written; nothing may be open any more. */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("<" + open.peek() + "> is not closed");
        }
        return out.toString();
    }
}
