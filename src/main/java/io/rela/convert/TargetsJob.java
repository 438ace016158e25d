package io.rela.convert;

import io.rela.projection.Projection;
import io.rela.source.ImageSource;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.table.EncodedImage;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What every task that writes targets does. Immutable.
 *
 * @param samples the listing
 * @param source gives the pictures again when they travel along; else null
 * @param features what was embedded
 * @param projection what makes targets of features
 * @param folder of the table
 * @param hadoop how storage is reached
 */
record TargetsJob(
        RangedFiles samples,
        ImageSource source,
        RangedFiles features,
        Broadcast<Projection> projection,
        String folder,
        SerializableConfiguration hadoop)
        implements Serializable {
    private static final int ROWS_AT_A_TIME = 256;

    /** Writes one file, whose name counts only when it is reported here. */
    String run(IndexRange range) throws IOException {
        String name = String.format("part-%012d-%s.parquet", range.first(), UUID.randomUUID());
        TableSchema schema = source != null ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
        try (RangedFiles.Rows listed = samples.rows(Tables.SAMPLES, range, hadoop.value());
                RangedFiles.Rows rows = features.rows(Tables.FEATURES, range, hadoop.value());
                SampleReader reader = source == null ? null : source.reader();
                TableWriter writer = new TableWriter(schema, new Path(folder, name), hadoop.value())) {
            List<Sample> some = new ArrayList<>();
            List<float[]> theirs = new ArrayList<>();
            while (rows.hasNext()) {
                Object[] row = rows.next();
                some.add(find((Long) row[0], listed));
                theirs.add((float[]) row[1]);
                if (some.size() == ROWS_AT_A_TIME) {
                    write(some, theirs, reader, writer);
                }
            }
            write(some, theirs, reader, writer);
            return name;
        }
    }

    /** Both come in index order; samples without a feature were rejected. */
    private static Sample find(long index, Iterator<Object[]> samples) {
        while (samples.hasNext()) {
            Sample sample = Tables.sample(samples.next());
            if (sample.index() == index) {
                return sample;
            }
        }
        throw new IllegalStateException("The listing has no sample " + index + ", which has a feature");
    }

    private void write(List<Sample> some, List<float[]> theirs, SampleReader reader, TableWriter writer)
            throws IOException {
        if (some.isEmpty()) {
            return;
        }
        Patience patience = Patience.of(hadoop.value());
        Projection axes = projection.value();
        int inputs = axes.inputDimension();
        int outputs = axes.outputDimension();
        float[] features = new float[some.size() * inputs];
        for (int i = 0; i < some.size(); i++) {
            System.arraycopy(theirs.get(i), 0, features, i * inputs, inputs);
        }
        float[] targets = axes.project(features, some.size());
        for (int i = 0; i < some.size(); i++) {
            Sample sample = some.get(i);
            EncodedImage image = reader == null ? null : EncodedImage.read(reader, sample, patience);
            float[] target = Arrays.copyOfRange(targets, i * outputs, (i + 1) * outputs);
            writer.write(Tables.targetRow(sample, target, image));
        }
        some.clear();
        theirs.clear();
    }
}
