package io.rela.embed;

import io.rela.image.Preprocessing;
import io.rela.image.UndecodableImageException;
import io.rela.model.Embedder;
import io.rela.storage.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What becomes of a partition's rows in a pipeline, in the partition's order, made as Spark asks for it. Holds the rows of a
 * few batches at a time, and the model from the first row to the last, or until closed.
 *
 * <p>One thread reads; another, where a task ends while its rows still go to a Python process, may close.
 *
 * @param <K> a row
 * @param <R> what it becomes
 */
public abstract class EmbeddedRows<K, R> implements Iterator<R>, EmbedPipeline.Results<K>, AutoCloseable {
    private final Iterator<K> rows;
    private final int batch;
    private final Preprocessing preprocessing;
    private final Deque<R> ready = new ArrayDeque<>();
    private Embedder embedder;
    private EmbedPipeline<K> pipeline;
    private boolean ended;

    /**
     * @param rows of the partition
     * @param batch pictures a forward pass
     * @param preprocessing what the model wants to see
     */
    protected EmbeddedRows(Iterator<K> rows, int batch, Preprocessing preprocessing) {
        this.rows = rows;
        this.batch = batch;
        this.preprocessing = preprocessing;
    }

    /** Opens the model in batches of this size; called at the first row. */
    protected abstract Embedder open();

    /** The row's position, 0 or more, above that of the row before: its slot in a batch depends on it. */
    protected abstract long position(K row);

    /** Fetches the row's picture, as {@link EmbedPipeline.Picture} does. */
    protected abstract byte[] encoded(K row, Patience.Pause pause) throws IOException, UndecodableImageException;

    /** All rows have been embedded, in this many seconds by part. */
    protected void finished(Map<String, Double> seconds) {}

    @Override
    public final String name(K row) {
        return "The picture at " + position(row) + " of its partition";
    }

    /** Hands on what became of a row. */
    protected final void give(R result) {
        ready.add(result);
    }

    @Override
    public final synchronized boolean hasNext() {
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
    public final synchronized R next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The partition has no more rows");
        }
        return ready.remove();
    }

    private void add(K row) throws IOException, InterruptedException {
        if (pipeline == null) {
            embedder = open();
            pipeline = new EmbedPipeline<>(embedder, batch, preprocessing, this);
        }
        pipeline.add(position(row), row, pause -> encoded(row, pause));
    }

    private void finish() throws IOException, InterruptedException {
        if (pipeline != null) {
            pipeline.finish();
            finished(pipeline.seconds());
        }
        release();
    }

    /** Gives up rows that have not been read. */
    @Override
    public synchronized void close() {
        ready.clear();
        release();
    }

    private void release() {
        ended = true;
        EmbedPipeline<K> begun = pipeline;
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
