package io.rela.select;

import io.rela.rank.Draw;
import io.rela.rank.ExactSum;
import io.rela.source.ImageSource;
import io.rela.source.Sample;
import io.rela.source.SampleReader;
import io.rela.storage.Patience;
import io.rela.storage.StorageException;
import io.rela.table.EncodedImage;
import io.rela.table.RangedFiles;
import io.rela.table.TableReader;
import io.rela.table.TableSchema;
import io.rela.table.TableWriter;
import io.rela.table.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What every task that writes a file of a subset does. Immutable.
 *
 * @param columns of the subset
 * @param targets the table of targets
 * @param kept whether the targets carry the pictures
 * @param source gives pictures that the targets do not carry; null where none are wanted
 * @param order of the rows
 * @param folder of the table
 * @param hadoop how storage is reached
 */
record SubsetJob(
        Columns columns,
        RangedFiles targets,
        boolean kept,
        ImageSource source,
        Draw order,
        String folder,
        SerializableConfiguration hadoop)
        implements Serializable {

    /** What one task wrote: the file's name counts only when it is reported here. */
    record Written(int number, String file, long rows, ExactSum losses, long withLoss, double weights)
            implements Serializable {}

    Written write(int number, Chosen chosen) throws IOException {
        String name = String.format("part-%05d-%s.parquet", number, UUID.randomUUID());
        Patience patience = Patience.of(hadoop.value());
        Object[][] wide = columns == Columns.INDEX ? null : gather(chosen, patience);
        ExactSum losses = new ExactSum();
        long withLoss = 0;
        double weights = 0;
        try (SampleReader pictures = columns == Columns.IMAGES && !kept ? source.reader() : null;
                TableWriter writer = new TableWriter(columns.schema(), new Path(folder, name), hadoop.value())) {
            for (int place : chosen.shuffled(order)) {
                Object[] row = wide == null ? new Object[] {chosen.index(place)} : wide[place];
                if (pictures != null) {
                    Sample sample = Tables.sample(row);
                    row = Arrays.copyOf(row, row.length + 1);
                    row[row.length - 1] = EncodedImage.read(pictures, sample, patience);
                }
                float loss = chosen.loss(place);
                if (!Float.isNaN(loss)) {
                    losses.add(loss);
                    withLoss++;
                }
                weights += chosen.weight(place);
                writer.write(Tables.subsetRow(row, loss, chosen.weight(place)));
                if (wide != null) {
                    wide[place] = null;
                }
            }
        }
        return new Written(number, name, chosen.size(), losses, withLoss, weights);
    }

    /** The targets' rows of the chosen samples, in their order. */
    private Object[][] gather(Chosen chosen, Patience patience) throws IOException {
        long[] wanted = chosen.indices();
        Object[][] rows = new Object[wanted.length][];
        int found = 0;
        for (RangedFiles.File file : targets.files()) {
            int first = from(wanted, file.range().first());
            int end = from(wanted, file.range().end());
            if (first < end) {
                long[] here = Arrays.copyOfRange(wanted, first, end);
                for (Object[] row : patience.read(() -> rows(file, here), Patience.SLEEP)) {
                    if ((Long) row[0] != wanted[found]) {
                        throw new IOException(
                                file.path() + " holds sample " + row[0] + " where " + wanted[found] + " should be");
                    }
                    rows[found++] = row;
                }
            }
        }
        if (found != wanted.length) {
            throw new IOException("targets holds " + found + " of the " + wanted.length + " samples of a file");
        }
        return rows;
    }

    private List<Object[]> rows(RangedFiles.File file, long[] wanted) throws StorageException {
        TableSchema read = columns == Columns.IMAGES && kept ? Tables.TARGETS_WITH_IMAGES : Tables.TARGETS;
        List<Object[]> rows = new ArrayList<>();
        try (TableReader reader = new TableReader(read, new Path(file.path()), hadoop.value(), wanted)) {
            for (Object[] row = reader.next(); row != null; row = reader.next()) {
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw StorageException.of(file.path(), e);
        }
    }

    private static int from(long[] sorted, long first) {
        int found = Arrays.binarySearch(sorted, first);
        return found >= 0 ? found : -found - 1;
    }
}
