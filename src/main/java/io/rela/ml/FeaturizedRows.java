package io.rela.ml;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.EmbedPipeline;
import io.rela.embed.TaskEmbedder;
import io.rela.image.RejectReason;
import io.rela.model.Embedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One partition's rows with their features, in the partition's order; a row's slot in its batch is its position in the
 * partition. Holds the rows of a few batches at a time, and the model from the first row to the last, or until closed.
 *
 * <p>One thread reads; another, where a task ends while its rows still go to a Python process, may close.
 */
final class FeaturizedRows implements Iterator<Row>, EmbedPipeline.Results<FeaturizedRows.Waiting>, AutoCloseable {
    private final FeaturizerJob job;
    private final TaskContext task;
    private final Iterator<Row> rows;
    private final Deque<Row> ready = new ArrayDeque<>();
    private Embedder embedder;
    private EmbedPipeline<Waiting> pipeline;
    private long position;
    private boolean ended;

    /** A row whose feature is being made. */
    record Waiting(long position, Row row) {}

    FeaturizedRows(FeaturizerJob job, TaskContext task, Iterator<Row> rows) {
        this.job = job;
        this.task = task;
        this.rows = rows;
    }

    @Override
    public synchronized boolean hasNext() {
        try {
            while (ready.isEmpty() && !ended) {
                if (rows.hasNext()) {
                    add(rows.next());
                } else {
                    finish();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Spark has killed this task", e);
        }
        return !ready.isEmpty();
    }

    @Override
    public synchronized Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The partition has no more rows");
        }
        return ready.remove();
    }

    private void add(Row row) throws IOException, InterruptedException {
        if (pipeline == null) {
            embedder = TaskEmbedder.open(task, job.model(), job.device(), job.batch(), job.preprocessing());
            pipeline = new EmbedPipeline<>(embedder, job.batch(), job.preprocessing(), this);
        }
        pipeline.add(
                position, new Waiting(position, row), pause -> job.pictures().encoded(row));
        position++;
    }

    private void finish() throws IOException, InterruptedException {
        if (pipeline != null) {
            pipeline.finish();
        }
        release();
    }

    @Override
    public void feature(Waiting waiting, float[] feature) {
        ready.add(extended(waiting.row(), feature, null));
    }

    @Override
    public void reject(Waiting waiting, RejectReason reason, String detail) {
        String why = reason.label() + ": " + detail;
        switch (job.invalid()) {
            case KEEP -> ready.add(extended(waiting.row(), null, why));
            case SKIP -> {}
            case ERROR ->
                throw new RelaException(
                        ExitCode.INPUT,
                        "Column " + job.pictures().name() + ", row " + waiting.position() + " of partition "
                                + task.partitionId() + named(waiting.row()) + ": no feature (" + why
                                + "). Mend or drop the picture, or set handleInvalid to skip or keep.");
        }
    }

    private String named(Row row) {
        String name = job.pictures().named(row);
        return name.isEmpty() ? "" : ", " + name;
    }

    private Row extended(Row row, float[] feature, String why) {
        Object[] values = new Object[row.size() + (job.reasons() ? 2 : 1)];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        values[row.size()] = feature;
        if (job.reasons()) {
            values[row.size() + 1] = why;
        }
        return RowFactory.create(values);
    }

    /** Gives up rows that have not been read. */
    @Override
    public synchronized void close() {
        ready.clear();
        release();
    }

    private void release() {
        ended = true;
        EmbedPipeline<Waiting> begun = pipeline;
        Embedder opened = embedder;
        pipeline = null;
        embedder = null;
        try {
            if (begun != null) {
                begun.close();
            }
        } finally {
            if (opened != null) {
                opened.close();
            }
        }
    }
}
