package io.rela.probe;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How often a classifier was right, by class. Whole numbers: no order changes them. One thread. */
final class Tally implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] samples;
    private final long[] first;
    private final long[] amongFive;

    /** Of no samples of {@code classes} classes. */
    Tally(int classes) {
        samples = new long[classes];
        first = new long[classes];
        amongFive = new long[classes];
    }

    /**
     * Takes a sample.
     *
     * @param label its class
     * @param rank how many classes the classifier put before that
     */
    void add(int label, int rank) {
        samples[label]++;
        first[label] += rank < 1 ? 1 : 0;
        amongFive[label] += rank < 5 ? 1 : 0;
    }

    /** Takes the samples of another part. */
    Tally merge(Tally other) {
        for (int c = 0; c < samples.length; c++) {
            samples[c] += other.samples[c];
            first[c] += other.first[c];
            amongFive[c] += other.amongFive[c];
        }
        return this;
    }

    /** Number of samples of a class. */
    long samples(int label) {
        return samples[label];
    }

    /** Number of samples of a class that were put into it. */
    long correct(int label) {
        return first[label];
    }

    /** Number of all samples. */
    long samples() {
        return Arrays.stream(samples).sum();
    }

    /** Share of all samples whose class came first. */
    double top1() {
        return share(first);
    }

    /** Share of all samples whose class was among the first five. */
    double top5() {
        return share(amongFive);
    }

    private double share(long[] right) {
        return (double) Arrays.stream(right).sum() / samples();
    }

    /** Mean, over the classes that have samples, of the share that came first. */
    double meanOfClasses() {
        return IntStream.range(0, samples.length)
                .filter(c -> samples[c] > 0)
                .mapToDouble(c -> (double) first[c] / samples[c])
                .average()
                .orElseThrow();
    }
}
