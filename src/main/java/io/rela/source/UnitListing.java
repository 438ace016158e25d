package io.rela.source;

import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Lists a source unit by unit, a unit being a class folder, a shard or a Parquet file, in one evaluation.
 *
 * <p>Each unit is listed by one task, in its own order, and is kept on the executors' disks. Besides its samples it leaves
 * notes, its count among them; only notes come to the driver. A sample's index is the count of all units before its own,
 * plus its position in that one.
 */
final class UnitListing {
    /** What a unit tells the driver. */
    enum Note {
        /** Why the unit cannot be used; the text is the whole message. */
        ERROR,
        /** Links that leave the input; the text names the first of them and where it leads. */
        OUTSIDE,
        /** Number of samples; one a unit. */
        SAMPLES,
        /** Files that are not pictures. */
        OTHER_FILES,
        /** Files that cannot be reached through their link, or links inside a tar. */
        LINKS,
        /** Pipes, sockets and devices. */
        SPECIAL,
        /** Pictures that another one of the same sample stands for; the text names the first of them. */
        BESIDE,
        /** A class's name; count is 0. */
        CLASS,
        /** Samples that bring a label of their own. */
        LABELED,
        /** Samples that lie in no folder, or have no id of their own. */
        BARE,
        /** Anything else that a person should know; the text is a sentence, the count is 0. */
        REMARK
    }

    /** Lists one unit. Runs in a task; the same input gives the same samples in the same order each time. */
    @FunctionalInterface
    interface Lister extends Serializable {
        /**
         * @throws SourceException if the unit is at fault; not tried again
         * @throws IOException if storage is; tried again, in the task and then by Spark
         */
        void list(int unit, String path, Output out) throws IOException;
    }

    /** Gives a sample its final id and label. Runs in a task. */
    @FunctionalInterface
    interface Finish extends Serializable {
        Sample finish(Sample listed, int unit, long position);
    }

    /** Collects what one unit holds. */
    static final class Output {
        private final int unit;
        private final List<Row> rows = new ArrayList<>();
        private long samples;

        private Output(int unit) {
            this.unit = unit;
        }

        void sample(String id, String uri, Long offset, long length, Integer label, String labelName) {
            rows.add(RowFactory.create(unit, samples, null, id, uri, offset, length, label, labelName));
            samples++;
        }

        void note(Note note, String text, long count) {
            rows.add(RowFactory.create(unit, -1L, note.name(), text, null, null, count, null, null));
        }

        /** Links that leave the input; of many only the first goes to the driver. */
        void crossings(List<Border.Crossing> crossings) {
            Border.Crossing.first(crossings).ifPresent(first -> note(Note.OUTSIDE, first.toString(), crossings.size()));
        }

        /** A note that is left only where there is something to count. */
        void count(Note note, long count) {
            if (count > 0) {
                note(note, null, count);
            }
        }
    }

    private static final int SHOWN_REMARKS = 10;

    /** Fields of a row that is kept; of a note's row, the text stands for the id and the count for the length. */
    private static final int UNIT = 0;

    private static final int POSITION = 1;
    private static final int NOTE = 2;
    private static final int ID = 3;
    private static final int URI = 4;
    private static final int OFFSET = 5;
    private static final int LENGTH = 6;
    private static final int LABEL = 7;
    private static final int LABEL_NAME = 8;

    private record NoteRow(int unit, Note note, String text, long count) {}

    private final SparkSession spark;
    private final JavaRDD<Row> kept;
    private final List<NoteRow> notes;
    private final long[] starts;

    private UnitListing(SparkSession spark, JavaRDD<Row> kept, List<NoteRow> notes, int units) {
        this.spark = spark;
        this.kept = kept;
        this.notes = notes;
        this.starts = new long[units + 1];
        for (NoteRow note : notes) {
            if (note.note() == Note.SAMPLES) {
                starts[note.unit() + 1] = note.count();
            }
        }
        for (int unit = 0; unit < units; unit++) {
            starts[unit + 1] += starts[unit];
        }
    }

    /**
     * Lists all units and keeps what they hold until {@link #close()} or the {@link Listing} made of it is closed.
     *
     * @param border of the whole input
     * @throws SourceException of the first unit that is at fault, or if storage fails for good
     * @throws io.rela.RelaException if links leave the input
     */
    static UnitListing of(SparkSession spark, int tasks, Border border, List<String> paths, Lister lister) {
        if (tasks < 1) {
            throw new IllegalArgumentException("A listing takes at least 1 task, not " + tasks);
        }
        List<Tuple2<Integer, String>> units = new ArrayList<>(paths.size());
        for (String path : paths) {
            units.add(new Tuple2<>(units.size(), path));
        }
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        // No table yet: Spark SQL takes seconds to keep its first one.
        JavaRDD<Row> kept = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(units, Math.min(tasks, paths.size()))
                .flatMap(unit -> rows(unit._1(), unit._2(), lister, hadoop.value()))
                .persist(StorageLevel.DISK_ONLY());
        try {
            UnitListing listing = new UnitListing(spark, kept, notes(kept, border.input()), paths.size());
            listing.failOnError(border);
            return listing;
        } catch (RuntimeException e) {
            kept.unpersist(false);
            throw e;
        }
    }

    private static Iterator<Row> rows(int unit, String path, Lister lister, Configuration hadoop) throws IOException {
        try {
            return Patience.of(hadoop)
                    .read(
                            () -> Storage.reading(path, new Path(path), hadoop, () -> listed(unit, path, lister)),
                            Patience.SLEEP)
                    .rows
                    .iterator();
        } catch (SourceException e) {
            Output fault = new Output(unit);
            fault.note(Note.ERROR, e.getMessage(), 0);
            return fault.rows.iterator();
        }
    }

    private static Output listed(int unit, String path, Lister lister) throws IOException {
        Output out = new Output(unit);
        lister.list(unit, path, out);
        out.note(Note.SAMPLES, null, out.samples);
        return out;
    }

    // Spark throws its SparkException, a checked one, from methods that declare none.
    private static List<NoteRow> notes(JavaRDD<Row> kept, String uri) {
        List<Row> rows;
        try {
            rows = kept.filter(row -> !row.isNullAt(NOTE)).collect();
        } catch (Exception e) {
            throw storageFailure(uri, e);
        }
        List<NoteRow> notes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            notes.add(new NoteRow(
                    row.getInt(UNIT), Note.valueOf(row.getString(NOTE)), row.getString(ID), row.getLong(LENGTH)));
        }
        return notes;
    }

    private static RuntimeException storageFailure(String uri, Exception failure) {
        return StorageException.in(failure)
                .<RuntimeException>map(storage -> SourceDetection.unreadable(uri, storage))
                .orElseGet(() ->
                        failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure));
    }

    private void failOnError(Border border) {
        for (NoteRow note : notes) {
            if (note.note() == Note.ERROR) {
                throw new SourceException(note.text());
            }
        }
        first(Note.OUTSIDE).ifPresent(text -> {
            throw border.refusal(text, sum(Note.OUTSIDE));
        });
    }

    long count() {
        return starts[starts.length - 1];
    }

    long count(int unit) {
        return starts[unit + 1] - starts[unit];
    }

    /** Sum over all units. */
    long sum(Note kind) {
        long sum = 0;
        for (NoteRow note : notes) {
            sum += note.note() == kind ? note.count() : 0;
        }
        return sum;
    }

    /** The text of the first unit that left such a note. */
    Optional<String> first(Note kind) {
        return notes.stream().filter(note -> note.note() == kind).findFirst().map(NoteRow::text);
    }

    /** The different texts, by code point. */
    List<String> texts(Note kind) {
        TreeSet<String> texts = new TreeSet<>(Names.BY_CODE_POINT);
        for (NoteRow note : notes) {
            if (note.note() == kind) {
                texts.add(note.text());
            }
        }
        return List.copyOf(texts);
    }

    /** The different remarks, of many the first few and how many more. */
    List<String> remarks() {
        List<String> all = texts(Note.REMARK);
        if (all.size() <= SHOWN_REMARKS) {
            return new ArrayList<>(all);
        }
        List<String> shown = new ArrayList<>(all.subList(0, SHOWN_REMARKS));
        shown.add("Remarks like these, not shown: " + (all.size() - SHOWN_REMARKS));
        return shown;
    }

    /** An id that several samples have, or null. Nulls are not ids. */
    String duplicateId() {
        JavaRDD<String> ids =
                kept.filter(row -> row.isNullAt(NOTE) && !row.isNullAt(ID)).map(row -> row.getString(ID));
        return count() <= Listing.FEW ? duplicateHere(ids) : duplicateThere(ids);
    }

    private static String duplicateHere(JavaRDD<String> ids) {
        Set<String> seen = new HashSet<>();
        return ids.collect().stream()
                .filter(id -> !seen.add(id))
                .min(Names.BY_CODE_POINT)
                .orElse(null);
    }

    private String duplicateThere(JavaRDD<String> ids) {
        return spark.createDataset(ids.rdd(), Encoders.STRING())
                .groupBy("value")
                .count()
                .filter(functions.col("count").gt(1))
                .agg(functions.min("value"))
                .first()
                .getString(0);
    }

    /** The finished listing, which now owns what is kept. */
    Listing finish(List<String> classNames, List<String> warnings, Finish finish) {
        long[] from = starts;
        JavaRDD<Sample> samples = kept.filter(row -> row.isNullAt(NOTE)).map(row -> finished(row, from, finish));
        return new Listing(samples, count(), classNames, warnings, kept);
    }

    private static Sample finished(Row row, long[] starts, Finish finish) {
        int unit = row.getInt(UNIT);
        long position = row.getLong(POSITION);
        long index = starts[unit] + position;
        if (index >= starts[unit + 1]) {
            throw new SourceException("The input changed while it was listed, near '" + row.getString(URI)
                    + "': run again when nothing writes there");
        }
        Sample listed = new Sample(
                index,
                row.getString(ID),
                row.getString(URI),
                (Long) row.get(OFFSET),
                row.getLong(LENGTH),
                (Integer) row.get(LABEL),
                row.getString(LABEL_NAME));
        return finish.finish(listed, unit, position);
    }

    void close() {
        kept.unpersist(false);
    }
}
