package io.rela.probe;

import io.rela.manifest.ModelInfo;
import io.rela.table.IndexRange;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** What gives a classifier's inputs. Driver only; to be closed when no rows are read any more. */
sealed interface Inputs extends AutoCloseable permits StoredInputs, LearnerInputs {
    /**
     * The inputs of a home's labeled samples.
     *
     * @param rows may be read several times; partition i holds the i-th part, in the order of the index
     * @param rejectedByReason number of samples without inputs, by reason
     */
    record Rows(JavaRDD<LabeledRow> rows, Map<String, Long> rejectedByReason) {}

    /** In words: features, targets or outputs. */
    String representation();

    /** The model that made them. */
    ModelInfo model();

    /** Number of values per sample. */
    int dimension();

    /**
     * Gives the rows of one of the two homes.
     *
     * @param classes numbers of classes by name
     * @param parts neighbours that cover all samples
     */
    Rows of(LabeledHome home, Map<String, Integer> classes, List<IndexRange> parts);

    @Override
    void close();
}
