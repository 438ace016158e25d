package io.rela.linear;

import io.rela.moments.MomentForest;
import io.rela.moments.Moments;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;

/**
 * Moments of the joined rows [x; y], apart for training and held-out samples. Immutable; no record, since Kryo has to carry
 * it.
 */
final class PairMoments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final MomentForest training;
    private final MomentForest heldOut;
    /** D, the values of x; 0 where there is no pair. */
    private final int inputs;

    private PairMoments(MomentForest training, MomentForest heldOut, int inputs) {
        this.training = training;
        this.heldOut = heldOut;
        this.inputs = inputs;
    }

    /** Of one partition's pairs: whole blocks, ascending in index. */
    static PairMoments accumulate(Iterator<IndexedPair> pairs, int blockSize, Split split) {
        MomentForest.Builder training = new MomentForest.Builder(blockSize);
        MomentForest.Builder heldOut = new MomentForest.Builder(blockSize);
        int inputs = 0;
        float[] joint = new float[0];
        while (pairs.hasNext()) {
            IndexedPair pair = pairs.next();
            float[] x = pair.x();
            float[] y = pair.y();
            if (inputs == 0) {
                inputs = x.length;
                joint = new float[Math.addExact(x.length, y.length)];
            }
            if (x.length != inputs || y.length != joint.length - inputs) {
                throw new IllegalArgumentException("The pair of index " + pair.index() + " has " + x.length + " and "
                        + y.length + " values, the others have " + inputs + " and " + (joint.length - inputs)
                        + ": give each side one length.");
            }
            System.arraycopy(x, 0, joint, 0, inputs);
            System.arraycopy(y, 0, joint, inputs, y.length);
            if (split.isTraining(pair.index())) {
                training.add(pair.index(), joint);
            } else if (split.isHeldOut(pair.index())) {
                heldOut.add(pair.index(), joint);
            }
        }
        return new PairMoments(training.build(), heldOut.build(), inputs);
    }

    PairMoments merge(PairMoments other) {
        if (inputs != 0 && other.inputs != 0 && inputs != other.inputs) {
            throw new IllegalArgumentException(
                    "Some x have " + inputs + " values, others " + other.inputs + ": give each side one length.");
        }
        return new PairMoments(
                training.merge(other.training), heldOut.merge(other.heldOut), Math.max(inputs, other.inputs));
    }

    int inputs() {
        return inputs;
    }

    /** Empty where there is no training sample. */
    Optional<Moments> training() {
        return training.root();
    }

    /** Empty where no sample is held out. */
    Optional<Moments> heldOut() {
        return heldOut.root();
    }
}
