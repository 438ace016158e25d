package io.rela.convert;

import io.rela.moments.FeatureFiles;
import io.rela.moments.IndexedFeature;
import io.rela.projection.Projection;
import io.rela.source.ImageSource;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.table.EncodedImage;
import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.TablePlace;
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
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What every task that writes targets does. Immutable.
 *
 * @param samples the listing, or what carries the same
 * @param carryImages whether its rows hold the pictures, which travel along
 * @param source gives the pictures again when they travel along otherwise; else null
 * @param features what was embedded
 * @param projection what makes targets of features
 * @param table takes the files
 * @param hadoop how storage is reached
 */
record TargetsJob(
        RangedFiles samples,
        boolean carryImages,
        ImageSource source,
        FeatureFiles features,
        Broadcast<Projection> projection,
        TablePlace table,
        SerializableConfiguration hadoop)
        implements Serializable {
    private static final int ROWS_AT_A_TIME = 256;

    /** Of pictures that wait among those rows. */
    private static final long BYTES_AT_A_TIME = 16L << 20;

    private record Waiting(Sample sample, EncodedImage imageOrNull, float[] feature) {}

    /** Writes one file, whose name counts only when it is reported here. */
    String run(IndexRange range) throws IOException {
        String name = String.format("part-%012d-%s.parquet", range.first(), UUID.randomUUID());
        TableSchema columns = carryImages ? Tables.SAMPLES_WITH_IMAGES : Tables.SAMPLES;
        TableSchema schema = source != null || carryImages ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
        try (RangedFiles.Rows listed = samples.rows(columns, range, hadoop.value());
                FeatureFiles.Rows rows = features.rows(range, hadoop.value());
                SampleReader reader = source == null ? null : source.reader();
                TableWriter writer = table.writer(schema, name, hadoop.value())) {
            List<Waiting> some = new ArrayList<>();
            long bytes = 0;
            while (rows.hasNext()) {
                Waiting next = find(rows.next(), listed);
                some.add(next);
                bytes += next.imageOrNull() == null ? 0 : next.imageOrNull().bytes().length;
                if (some.size() == ROWS_AT_A_TIME || bytes > BYTES_AT_A_TIME) {
                    write(some, reader, writer);
                    bytes = 0;
                }
            }
            write(some, reader, writer);
            return name;
        }
    }

    /** Both come in index order; samples without a feature were rejected. */
    private Waiting find(IndexedFeature feature, Iterator<Object[]> rows) {
        while (rows.hasNext()) {
            Object[] row = rows.next();
            Sample sample = Tables.sample(row);
            if (sample.index() == feature.index()) {
                return new Waiting(sample, carryImages ? Tables.image(row) : null, feature.values());
            }
        }
        throw new IllegalStateException("The listing has no sample " + feature.index() + ", which has a feature");
    }

    private void write(List<Waiting> some, SampleReader reader, TableWriter writer) throws IOException {
        if (some.isEmpty()) {
            return;
        }
        Patience patience = Patience.of(hadoop.value());
        Projection axes = projection.value();
        int inputs = axes.inputDimension();
        int outputs = axes.outputDimension();
        float[] rows = new float[some.size() * inputs];
        for (int i = 0; i < some.size(); i++) {
            System.arraycopy(some.get(i).feature(), 0, rows, i * inputs, inputs);
        }
        float[] targets = axes.project(rows, some.size());
        for (int i = 0; i < some.size(); i++) {
            Sample sample = some.get(i).sample();
            EncodedImage image =
                    reader == null ? some.get(i).imageOrNull() : EncodedImage.read(reader, sample, patience);
            float[] target = Arrays.copyOfRange(targets, i * outputs, (i + 1) * outputs);
            writer.write(Tables.targetRow(sample, target, image));
        }
        some.clear();
    }
}
