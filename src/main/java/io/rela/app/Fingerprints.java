package io.rela.app;

import static org.apache.spark.sql.functions.sum;

import io.rela.source.SampleTable;
import io.rela.table.ManifestRecord.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tells one source from another. */
final class Fingerprints {
    private Fingerprints() {}

    /** So many ids are sorted on the driver: that spares small inputs the seconds of a distributed sort. */
    private static final long FEW = 200_000;

    /** Sorted by UTF-8, which is by code point; of many, one partition at a time is on the driver. */
    static Fingerprint of(Dataset<Row> samples) {
        Row totals = samples.agg(org.apache.spark.sql.functions.count(SampleTable.INDEX), sum(SampleTable.LENGTH))
                .first();
        MessageDigest digest = sha256();
        Iterator<byte[]> ids = totals.getLong(0) <= FEW ? sortedHere(samples) : sortedThere(samples);
        while (ids.hasNext()) {
            digest.update(ids.next());
            digest.update((byte) '\n');
        }
        return new Fingerprint(
                totals.getLong(0), totals.getLong(1), HexFormat.of().formatHex(digest.digest()));
    }

    private static Iterator<byte[]> sortedHere(Dataset<Row> samples) {
        return samples.select(SampleTable.ID).collectAsList().stream()
                .map(row -> row.getString(0).getBytes(StandardCharsets.UTF_8))
                .sorted(Arrays::compareUnsigned)
                .iterator();
    }

    private static Iterator<byte[]> sortedThere(Dataset<Row> samples) {
        Iterator<Row> sorted =
                samples.select(SampleTable.ID).sort(SampleTable.ID).toLocalIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return sorted.hasNext();
            }

            @Override
            public byte[] next() {
                return sorted.next().getString(0).getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
