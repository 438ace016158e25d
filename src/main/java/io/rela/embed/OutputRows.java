package io.rela.embed;

import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import io.rela.model.Embedder;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** What a model gives for the samples of one range, in the order of the index. One task's thread. */
final class OutputRows extends EmbeddedRows<OutputRows.Pictured, ModelOutputs.Output> {
    private final EmbedJob job;
    private final TaskContext task;
    private final ModelOutputs.Counting counting;
    private final Patience patience;
    /** Null where the rows carry the pictures. */
    private final SampleReader reader;

    /** A sample with the row that it stands in. */
    record Pictured(Object[] row, Sample sample) {}

    private OutputRows(
            EmbedJob job,
            TaskContext task,
            ModelOutputs.Counting counting,
            RangedFiles.Rows rows,
            SampleReader reader) {
        super(new Wanted(rows, task, counting.labeledOnly()), job.batch(), job.preprocessing());
        this.job = job;
        this.task = task;
        this.counting = counting;
        this.patience = Patience.of(job.hadoop().value());
        this.reader = reader;
    }

    /** Reads a range; all is closed when the running task ends. */
    static OutputRows of(EmbedJob job, RangedFiles samples, IndexRange range, ModelOutputs.Counting counting) {
        TaskContext task = TaskContext.get();
        RangedFiles.Rows rows = samples.rows(job.columns(), range, job.hadoop().value());
        SampleReader reader = job.source() == null ? null : job.source().reader();
        OutputRows outputs = new OutputRows(job, task, counting, rows, reader);
        // Spark calls the last one first: nothing reads any more when the others are called.
        onEnd(task, rows);
        if (reader != null) {
            onEnd(task, reader);
        }
        onEnd(task, outputs);
        return outputs;
    }

    private static void onEnd(TaskContext task, AutoCloseable closed) {
        task.addTaskCompletionListener((TaskCompletionListener) ended -> {
            try {
                closed.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The samples that are to be embedded. */
    private static final class Wanted implements Iterator<Pictured> {
        private final RangedFiles.Rows rows;
        private final TaskContext task;
        private final boolean labeledOnly;
        private Pictured next;

        Wanted(RangedFiles.Rows rows, TaskContext task, boolean labeledOnly) {
            this.rows = rows;
            this.task = task;
            this.labeledOnly = labeledOnly;
        }

        @Override
        public boolean hasNext() {
            if (task.isInterrupted()) {
                throw new IllegalStateException("Spark has killed this task");
            }
            while (next == null && rows.hasNext()) {
                Object[] row = rows.next();
                Sample sample = Tables.sample(row);
                if (!labeledOnly || sample.label() != null) {
                    next = new Pictured(row, sample);
                }
            }
            return next != null;
        }

        @Override
        public Pictured next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The range has no more samples");
            }
            Pictured one = next;
            next = null;
            return one;
        }
    }

    @Override
    protected Embedder open() {
        return job.open(task);
    }

    @Override
    protected long position(Pictured picture) {
        return picture.sample().index();
    }

    @Override
    protected byte[] encoded(Pictured picture, Patience.Pause pause) throws IOException, UndecodableImageException {
        return job.encoded(picture.row(), picture.sample(), reader, patience, pause);
    }

    @Override
    protected void finished(Map<String, Double> seconds) {
        counting.tally().spent(seconds);
    }

    @Override
    public void feature(Pictured picture, float[] feature) {
        counting.tally().embedded();
        give(new ModelOutputs.Output(picture.sample().index(), feature, null, null));
    }

    @Override
    public void reject(Pictured picture, RejectReason reason, String detail) {
        counting.tally().rejected(reason.label());
        give(new ModelOutputs.Output(
                picture.sample().index(),
                null,
                reason.label(),
                WaveStore.example(picture.sample().id(), reason.label(), detail)));
    }
}
