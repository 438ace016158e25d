package io.rela.report;

import java.util.Optional;

/**
 * What is to be shown, and where it goes. Immutable.
 *
 * @param home URI of the dataset home
 * @param output URI of the page, which ends in {@value #SUFFIX}; what is there is replaced
 * @param compare URI of another home to put beside; empty for none
 */
public record ReportRequest(String home, String output, Optional<String> compare) {
    /** How the name of a page ends. */
    public static final String SUFFIX = ".html";

    /** Refuses a name that the figures' one cannot be made of. */
    public ReportRequest {
        if (!output.endsWith(SUFFIX)) {
            throw new IllegalArgumentException(output + " does not end in " + SUFFIX);
        }
    }

    /** URI of the figures: the page's with {@code .json} at its end. */
    public String figures() {
        return output.substring(0, output.length() - SUFFIX.length()) + ".json";
    }
}
