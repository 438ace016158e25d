package io.rela.moments;

import io.rela.table.IndexRange;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Features in files, of one prior or of several that looked at the same samples: then a sample's values are those of the first,
 * followed by those of the next. Immutable, sent to executors.
 *
 * @param priors files of {@link Tables#FEATURES}, at least one; the first say which samples there are, and the others have all
 *     of those
 */
public record FeatureFiles(List<RangedFiles> priors) implements Serializable {
    /** Keeps a copy of the list, and refuses an empty one. */
    public FeatureFiles {
        priors = new ArrayList<>(priors);
        if (priors.isEmpty()) {
            throw new IllegalArgumentException("There are no features without a prior.");
        }
    }

    /** The same with the first prior's files cut down to some. */
    FeatureFiles only(List<RangedFiles.File> some) {
        List<RangedFiles> cut = new ArrayList<>(priors);
        cut.set(0, new RangedFiles(some));
        return new FeatureFiles(cut);
    }

    /** Features with an index in the range, ascending. One thread; to be closed. */
    public Rows rows(IndexRange range, Configuration conf) {
        return new Rows(priors.stream()
                .map(files -> files.rows(Tables.FEATURES, range, conf))
                .toList());
    }

    /** Reads the priors' files side by side. */
    public static final class Rows implements Iterator<IndexedFeature>, AutoCloseable {
        private final List<RangedFiles.Rows> sides;

        private Rows(List<RangedFiles.Rows> sides) {
            this.sides = sides;
        }

        @Override
        public boolean hasNext() {
            return sides.get(0).hasNext();
        }

        @Override
        public IndexedFeature next() {
            Object[] row = sides.get(0).next();
            long index = (Long) row[0];
            float[] values = (float[]) row[1];
            for (RangedFiles.Rows side : sides.subList(1, sides.size())) {
                values = joined(values, find(index, side));
            }
            return new IndexedFeature(index, values);
        }

        private static float[] find(long index, RangedFiles.Rows side) {
            while (side.hasNext()) {
                Object[] row = side.next();
                if ((Long) row[0] == index) {
                    return (float[]) row[1];
                }
            }
            throw new IllegalStateException("Sample " + index + " has a feature of one prior and none of another");
        }

        private static float[] joined(float[] first, float[] then) {
            float[] joined = Arrays.copyOf(first, first.length + then.length);
            System.arraycopy(then, 0, joined, first.length, then.length);
            return joined;
        }

        @Override
        public void close() {
            sides.forEach(RangedFiles.Rows::close);
        }
    }
}
