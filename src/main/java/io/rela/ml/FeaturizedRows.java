package io.rela.ml;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.embed.EmbeddedRows;
import io.rela.embed.TaskEmbedder;
import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import io.rela.model.Embedder;
import io.rela.storage.Patience;
import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** One partition's rows with their features; a row's slot in its batch is its position in the partition. */
final class FeaturizedRows extends EmbeddedRows<FeaturizedRows.Waiting, Row> {
    private final FeaturizerJob job;
    private final TaskContext task;

    /** A row whose feature is being made. */
    record Waiting(long position, Row row) {}

    FeaturizedRows(FeaturizerJob job, TaskContext task, Iterator<Row> rows) {
        super(new Numbered(rows), job.batch(), job.preprocessing());
        this.job = job;
        this.task = task;
    }

    /** Rows with their positions. */
    private static final class Numbered implements Iterator<Waiting> {
        private final Iterator<Row> rows;
        private long position;

        Numbered(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Waiting next() {
            return new Waiting(position++, rows.next());
        }
    }

    @Override
    protected Embedder open() {
        return TaskEmbedder.open(task, job.model(), job.device(), job.batch(), job.preprocessing());
    }

    @Override
    protected long position(Waiting waiting) {
        return waiting.position();
    }

    @Override
    protected byte[] encoded(Waiting waiting, Patience.Pause pause) throws IOException, UndecodableImageException {
        return job.pictures().encoded(waiting.row());
    }

    @Override
    public void feature(Waiting waiting, float[] feature) {
        give(extended(waiting.row(), feature, null));
    }

    @Override
    public void reject(Waiting waiting, RejectReason reason, String detail) {
        String why = reason.label() + ": " + detail;
        switch (job.invalid()) {
            case KEEP -> give(extended(waiting.row(), null, why));
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
}
