package io.rela.embed;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.image.PixelLayout;
import io.rela.image.Preprocessing;
import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import io.rela.model.DeviceRequest;
import io.rela.model.Embedder;
import io.rela.model.TorchScript;
import io.rela.source.ImageSource;
import io.rela.source.Missing;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What every embedding task of a command does; made on the driver, sent to the executors. Immutable.
 *
 * @param source gives the pictures; null where the samples' table carries them
 * @param model what is run
 * @param preprocessing what the model wants to see
 * @param device the device that the user asked for
 * @param batch pictures a forward pass
 * @param missing what becomes of a picture that is gone since it was listed
 * @param hadoop how storage is reached
 */
public record EmbedJob(
        ImageSource source,
        TorchScript model,
        Preprocessing preprocessing,
        DeviceRequest device,
        int batch,
        Missing missing,
        SerializableConfiguration hadoop)
        implements Serializable {

    /** The same work in batches of another size. */
    public EmbedJob withBatch(int size) {
        return new EmbedJob(source, model, preprocessing, device, size, missing, hadoop);
    }

    /** Of the batches that the model sees. */
    public PixelLayout layout() {
        return preprocessing.layout();
    }

    /** The same work on batches of another layout. */
    EmbedJob in(PixelLayout layout) {
        return new EmbedJob(source, model, preprocessing.in(layout), device, batch, missing, hadoop);
    }

    /** The same work on the pictures of another source; null where the samples' table carries them. */
    EmbedJob reading(ImageSource other) {
        return new EmbedJob(other, model, preprocessing, device, batch, missing, hadoop);
    }

    /** What the model does with one empty batch, and whether it does so whatever else is there. */
    public record Probe(int outputDimension, String device, String libtorch, Stability stability)
            implements Serializable {}

    /**
     * Runs the model on nothing and on made-up pictures, where tasks will run: so that what is wrong with it shows before any
     * work.
     *
     * @throws RelaException when the device is not there or the model gives no features
     */
    public Probe probe(JavaSparkContext spark) {
        // A failure comes back as a value: Spark would try a thrown one again, and fill the log.
        Object answer = spark.parallelize(List.of(0), 1)
                .map(nothing -> {
                    try {
                        return (Object) probe(TaskContext.get());
                    } catch (RelaException e) {
                        return e;
                    } catch (OutOfMemoryError e) {
                        return new RelaException(
                                ExitCode.SETTINGS,
                                Flag.BATCH_SIZE + " " + batch + " does not fit an executor's memory (" + e.getMessage()
                                        + "). Ask for less, or give it more with spark.executor.memory.");
                    }
                })
                .first();
        if (answer instanceof RelaException failure) {
            throw failure;
        }
        return (Probe) answer;
    }

    private Probe probe(TaskContext task) {
        try (Embedder embedder = open(task)) {
            ByteBuffer nothing = BatchBuffers.take(embedder.batchBytes());
            try {
                BatchBuffers.zero(nothing);
                float[] features = embedder.embed(nothing);
                return new Probe(
                        features.length / batch,
                        embedder.device().toString(),
                        embedder.libtorch(),
                        new StabilityProbe(embedder, batch).run());
            } finally {
                BatchBuffers.giveBack(nothing);
            }
        }
    }

    /** Embeds a range into files of unique names, so that attempts never meet. */
    TaskReport run(IndexRange range, RangedFiles listing, EmbedOutput.Places places, Tally tally)
            throws IOException, InterruptedException {
        TaskContext task = TaskContext.get();
        String name = String.format("%012d-%s", range.first(), UUID.randomUUID());
        Patience patience = Patience.of(hadoop.value());
        try (RangedFiles.Rows samples = listing.rows(columns(), range, hadoop.value());
                Embedder embedder = open(task);
                SampleReader reader = source == null ? null : source.reader();
                EmbedOutput output = new EmbedOutput(places, name, hadoop.value(), tally);
                EmbedPipeline<Sample> pipeline = new EmbedPipeline<>(embedder, batch, preprocessing, output)) {
            while (samples.hasNext()) {
                Object[] row = samples.next();
                Sample sample = Tables.sample(row);
                pipeline.add(sample.index(), sample, pause -> encoded(row, sample, reader, patience, pause));
                if (task.isInterrupted()) {
                    throw new InterruptedException("Spark has killed this task");
                }
            }
            pipeline.finish();
            TaskReport report =
                    output.report(range, pipeline.seconds(), embedder.device().toString());
            tally.spent(report.seconds());
            return report;
        }
    }

    /** What a task reads of a sample. */
    TableSchema columns() {
        return source == null ? Tables.SAMPLES_WITH_IMAGES : Tables.SAMPLES;
    }

    /**
     * The encoded picture of a sample.
     *
     * @param row of {@link #columns}
     * @param reader of the source; null where the row carries the picture
     */
    byte[] encoded(Object[] row, Sample sample, SampleReader reader, Patience patience, Patience.Pause pause)
            throws IOException, UndecodableImageException {
        if (reader == null) {
            return Tables.image(row).bytes();
        }
        if (sample.length() > SampleReader.MOST_BYTES) {
            throw new UndecodableImageException(
                    RejectReason.TOO_LARGE, "the file has " + sample.length() + " bytes, more than an array holds");
        }
        try {
            return patience.read(() -> reader.read(sample), pause);
        } catch (StorageException e) {
            if (missing == Missing.REJECT && e.kind() == StorageException.Kind.GONE) {
                throw new UndecodableImageException(RejectReason.UNREADABLE, e.getMessage());
            }
            throw e;
        }
    }

    Embedder open(TaskContext task) {
        return TaskEmbedder.open(task, model, device, batch, preprocessing);
    }
}
