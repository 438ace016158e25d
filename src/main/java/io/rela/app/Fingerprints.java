package io.rela.app;

import static org.apache.spark.sql.functions.sum;

import io.rela.source.SampleTable;
import io.rela.table.ManifestRecord.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Tells one source from another. */
final class Fingerprints {
    private Fingerprints() {}

    /** Sorted on the executors, hashed as they stream by: one partition at a time is on the driver. */
    static Fingerprint of(Dataset<Row> samples) {
        Row totals = samples.agg(org.apache.spark.sql.functions.count(SampleTable.INDEX), sum(SampleTable.LENGTH))
                .first();
        MessageDigest digest = sha256();
        Iterator<String> ids = samples.select(SampleTable.ID)
                .as(Encoders.STRING())
                .sort(SampleTable.ID)
                .toLocalIterator();
        while (ids.hasNext()) {
            digest.update(ids.next().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
        }
        return new Fingerprint(
                totals.getLong(0), totals.getLong(1), HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
