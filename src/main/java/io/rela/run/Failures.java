package io.rela.run;

/** Says what is wrong with the failures of others. */
public final class Failures {
    private Failures() {}

    /** The first line of the innermost cause: of Spark's wrapped failures the one that says what is wrong. */
    public static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }
}
