package io.rela.linear;

import io.rela.moments.Moments;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Fits linear maps to a distributed set of pairs, and measures them. Runs on the driver, which receives nothing that grows
 * with the number of rows but for its logarithm; the same bits for every partitioning, order of tasks and retry.
 */
public final class LinearMapStep {
    private static final int TREE_DEPTH = 2;

    private LinearMapStep() {}

    /** The map from x to y, and the one from y to x. */
    public record BothWays(FittedMap there, FittedMap back) {}

    /** What a map is measured against: the rows of one part of the split. */
    private record Parts(Moments training, Optional<Moments> heldOut, int inputs) {
        Parts swapped() {
            return new Parts(
                    training.rotated(inputs), heldOut.map(m -> m.rotated(inputs)), training.dimension() - inputs);
        }
    }

    /**
     * The map from x to y, fitted to the training samples and measured on the held-out ones, or on the training samples
     * where none is held out ({@link FittedMap#heldOutSamples} is 0 then). Evaluates the pairs twice: moments of both parts,
     * then the cosines.
     *
     * <p>The job fails for pairs of different lengths or with NaN or infinity, an index that comes twice, rows out of order,
     * and a block that lies in two partitions: with Spark's {@code SparkException} around an IllegalArgumentException that
     * names the row, or with the latter itself where the driver finds it.
     *
     * @param pairs each partition holds whole blocks, sorted by index, and no other partition holds a block between its first
     *     and its last
     * @param block rows a block, 1 or more: row {@code index} belongs to block {@code index / block}. The last bits depend on
     *     it.
     * @param ridge relative, as {@link LinearMaps#fit} takes it
     * @throws IllegalArgumentException if fewer than two samples are to be trained on
     */
    public static FittedMap fit(JavaRDD<IndexedPair> pairs, int block, Split split, double ridge) {
        return fit(parts(pairs, block, split), pairs, split, ridge);
    }

    /** As {@link #fit}, in both directions; evaluates the pairs three times. */
    public static BothWays fitBothWays(JavaRDD<IndexedPair> pairs, int block, Split split, double ridge) {
        Parts parts = parts(pairs, block, split);
        return new BothWays(
                fit(parts, pairs, split, ridge), fit(parts.swapped(), pairs.map(IndexedPair::swapped), split, ridge));
    }

    private static Parts parts(JavaRDD<IndexedPair> pairs, int block, Split split) {
        if (pairs.getNumPartitions() == 0) {
            throw tooFew();
        }
        PairMoments moments = pairs.mapPartitions(part ->
                        List.of(PairMoments.accumulate(part, block, split)).iterator())
                .treeReduce(PairMoments::merge, TREE_DEPTH);
        return new Parts(moments.training().orElseThrow(LinearMapStep::tooFew), moments.heldOut(), moments.inputs());
    }

    private static IllegalArgumentException tooFew() {
        return new IllegalArgumentException("There is no sample to fit a linear map to: give more samples, or a larger"
                + " share of them to train on.");
    }

    private static FittedMap fit(Parts parts, JavaRDD<IndexedPair> pairs, Split split, double ridge) {
        Moments training = parts.training();
        LinearMap map = LinearMaps.fit(training, parts.inputs(), ridge);
        double[] centre = Arrays.copyOfRange(training.mean(), parts.inputs(), training.dimension());
        boolean heldOut = parts.heldOut().isPresent();
        Moments measured = parts.heldOut().orElse(training);
        double cosine = CosineSum.mean(cosines(pairs, map, centre, split, heldOut), measured.count());
        return new FittedMap(
                map,
                Agreement.of(map, measured, cosine),
                training.count(),
                heldOut ? measured.count() : 0,
                ridge,
                split.seed());
    }

    private static long cosines(
            JavaRDD<IndexedPair> pairs, LinearMap map, double[] centre, Split split, boolean heldOut) {
        Broadcast<LinearMap> shared =
                JavaSparkContext.fromSparkContext(pairs.context()).broadcast(map);
        try {
            return pairs.mapPartitions(part -> {
                        CosineSum sum = new CosineSum(shared.value(), centre);
                        part.forEachRemaining(pair -> {
                            if (heldOut ? split.isHeldOut(pair.index()) : split.isTraining(pair.index())) {
                                sum.add(pair);
                            }
                        });
                        return List.of(sum.fixedPoint()).iterator();
                    })
                    .reduce(Math::addExact);
        } finally {
            shared.destroy();
        }
    }
}
