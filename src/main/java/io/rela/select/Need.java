package io.rela.select;

/** What a policy looks at beside the samples themselves. */
public enum Need {
    /** The samples' losses; the other policies work before anything was scored. */
    LOSSES("losses"),
    /** Other losses of the same samples, to compare theirs with. */
    REFERENCE_LOSSES("reference losses"),
    /** The samples' classes: labels or clusters. */
    CLASSES("classes"),
    /** With {@link #CLASSES}: k-means clusters of the targets stand for the labels where there are none. */
    CLUSTERS_FOR_LABELS("clusters where there are no labels"),
    /** How long the run is: what is chosen changes towards its end. */
    EPOCHS("the number of epochs");

    private final String text;

    Need(String text) {
        this.text = text;
    }

    /** As users read it. */
    public String text() {
        return text;
    }
}
