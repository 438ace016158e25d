package io.rela.probe;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The samples of a range that have both inputs and a label, ascending: the two are read side by side. One task's thread, until
 * the task ends.
 */
final class LabeledRows implements Iterator<LabeledRow> {
    private final Labels labels;
    private final Iterator<Indexed> inputs;
    private final RangedFiles.Rows targets;
    private LabeledRow next;

    /** The inputs of one sample. */
    record Indexed(long index, float[] values) {}

    /**
     * Where labels stand, and what has to hold of the inputs beside them. Immutable, sent to executors.
     *
     * @param name of the home, for messages
     * @param targets the table
     * @param classes numbers of classes by name
     * @param dimension number of values per sample
     * @param hadoop how storage is reached
     */
    record Labels(
            String name,
            RangedFiles targets,
            HashMap<String, Integer> classes,
            int dimension,
            SerializableConfiguration hadoop)
            implements Serializable {
        Labels(String name, RangedFiles targets, Map<String, Integer> classes, int dimension, Configuration hadoop) {
            this(name, targets, new HashMap<>(classes), dimension, new SerializableConfiguration(hadoop));
        }

        /** Puts labels beside inputs of a range, ascending. */
        Iterator<LabeledRow> beside(Iterator<Indexed> inputs, IndexRange range) {
            RangedFiles.Rows rows = targets.rows(LabeledHome.LABELS, range, hadoop.value());
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) ended -> rows.close());
            return new LabeledRows(this, inputs, rows);
        }
    }

    private LabeledRows(Labels labels, Iterator<Indexed> inputs, RangedFiles.Rows targets) {
        this.labels = labels;
        this.inputs = inputs;
        this.targets = targets;
    }

    @Override
    public boolean hasNext() {
        while (next == null && inputs.hasNext()) {
            Indexed input = inputs.next();
            requireFit(input);
            Object[] target = target(input.index());
            if (target[1] != null) {
                String name = LabeledHome.className((Integer) target[1], (String) target[2]);
                next = new LabeledRow(labels.classes().get(name), input.values());
            }
        }
        return next != null;
    }

    private Object[] target(long index) {
        while (targets.hasNext()) {
            Object[] target = targets.next();
            if ((Long) target[0] == index) {
                return target;
            }
        }
        throw damaged("sample " + index + " has features and no target");
    }

    private void requireFit(Indexed input) {
        if (input.values().length != labels.dimension()) {
            throw damaged("sample " + input.index() + " has " + input.values().length + " values instead of "
                    + labels.dimension());
        }
        for (float value : input.values()) {
            if (!Float.isFinite(value)) {
                throw damaged("the features of sample " + input.index() + " hold " + value);
            }
        }
    }

    private RelaException damaged(String what) {
        return new RelaException(
                ExitCode.HOME, labels.name() + " is damaged: " + what + ". Restore it, or convert again.");
    }

    @Override
    public LabeledRow next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LabeledRow row = next;
        next = null;
        return row;
    }
}
