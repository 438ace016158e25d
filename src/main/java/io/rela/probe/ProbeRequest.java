package io.rela.probe;

import io.rela.embed.EmbedRequest;
import io.rela.home.Representation;
import io.rela.model.ModelRequest;

/**
 * What is to be probed. Immutable.
 *
 * @param home URI of the dataset home that the classifier is fitted to
 * @param testHome URI of the one that it is tried on
 * @param subject what gives the classifier's inputs
 * @param fit how it is fitted
 */
public record ProbeRequest(String home, String testHome, Subject subject, Fit fit) {
    /** What gives a classifier's inputs. */
    public sealed interface Subject permits Stored, Learner {}

    /** A representation that the homes hold. */
    public record Stored(Representation representation) implements Subject {}

    /**
     * A learner, run over the pictures of both homes.
     *
     * @param model the learner
     * @param embed how it is run
     */
    public record Learner(ModelRequest model, EmbedRequest embed) implements Subject {}

    /**
     * How a classifier is fitted: its weights W, one row per class, and biases minimise the sum of the training samples' cross
     * entropies plus {@code regularization} / 2 · ‖W‖².
     *
     * @param standardize whether each input is brought to mean 0 and variance 1 over the training samples
     * @param regularization weight of the penalty, 0 or more: 1/C of scikit-learn
     * @param iterations of L-BFGS, at most
     */
    public record Fit(boolean standardize, double regularization, int iterations) {}
}
