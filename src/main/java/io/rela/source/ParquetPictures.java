package io.rela.source;

import io.rela.Flag;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * The pictures of one Parquet file by row. Safe for threads, which take turns.
 *
 * <p>Holds the picture column of one row group, and a few pictures that were passed over: several threads that share
 * ascending rows ask for them nearly in order, and without these each step back would read the row group again.
 */
final class ParquetPictures implements Closeable {
    private static final int PASSED_ROWS = 64;
    private static final long PASSED_BYTES = 64L << 20;

    private final String uri;
    private final ParquetFile file;
    private final String[] path;
    // First row of each row group, and behind the last the number of rows.
    private final long[] firstRows;
    private final Map<Long, byte[]> passed = new LinkedHashMap<>();
    private long passedBytes;
    private ParquetFile.Cursor cursor;
    private int group = -1;
    private long row;

    ParquetPictures(String uri, String imageColumn, Configuration configuration) throws IOException {
        this.uri = uri;
        this.file = new ParquetFile(uri, configuration);
        try {
            this.path = file.picturePath(imageColumn);
            file.project(List.<String[]>of(path));
        } catch (SourceException e) {
            file.close();
            throw e;
        }
        this.firstRows = new long[file.rowGroups().size() + 1];
        for (int i = 0; i < file.rowGroups().size(); i++) {
            firstRows[i + 1] = firstRows[i] + file.rowGroups().get(i).getRowCount();
        }
    }

    synchronized byte[] read(long wanted) throws IOException {
        if (wanted < 0 || wanted >= firstRows[firstRows.length - 1]) {
            throw new SourceException("The Parquet file '" + uri + "' has " + firstRows[firstRows.length - 1]
                    + " rows, not row " + wanted + " that was listed: the input has changed. Put the old file back, or"
                    + " convert again with " + Flag.IF_EXISTS + " overwrite");
        }
        byte[] kept = passed.remove(wanted);
        if (kept != null) {
            passedBytes -= kept.length;
            return kept;
        }
        if (cursor == null || wanted < row || wanted - row > PASSED_ROWS) {
            jumpTo(wanted);
        }
        while (row < wanted) {
            keep(row, next());
        }
        return next();
    }

    private void jumpTo(long wanted) throws IOException {
        if (cursor == null || wanted < row || wanted >= firstRows[group + 1]) {
            int target = 0;
            while (firstRows[target + 1] <= wanted) {
                target++;
            }
            open(target);
        }
        while (row < wanted) {
            cursor.skip();
            row++;
        }
    }

    private void open(int target) throws IOException {
        cursor = file.rowGroup(target).of(path);
        group = target;
        row = firstRows[target];
    }

    private byte[] next() throws IOException {
        while (row == firstRows[group + 1]) {
            open(group + 1);
        }
        byte[] bytes = cursor.bytes();
        cursor.next();
        row++;
        return bytes;
    }

    private void keep(long passedRow, byte[] bytes) {
        byte[] before = passed.put(passedRow, bytes);
        passedBytes += bytes.length - (before == null ? 0 : before.length);
        Iterator<byte[]> eldest = passed.values().iterator();
        while (passed.size() > PASSED_ROWS || passedBytes > PASSED_BYTES) {
            passedBytes -= eldest.next().length;
            eldest.remove();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
