package io.rela.embed;

import static org.apache.spark.sql.functions.col;

import io.rela.source.Sample;
import io.rela.source.SampleTable;
import io.rela.table.IndexRange;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Brings samples to the task that owns their range of indices. Driver only. */
public final class SampleRanges {
    private SampleRanges() {}

    /**
     * One partition a range, its samples in index order.
     *
     * @param samples rows of {@link SampleTable#SCHEMA}
     * @param ranges neighbours in ascending order
     */
    public static JavaRDD<Sample> of(Dataset<Row> samples, List<IndexRange> ranges) {
        long first = ranges.get(0).first();
        long end = ranges.get(ranges.size() - 1).end();
        return samples.where(col(SampleTable.INDEX)
                        .geq(first)
                        .and(col(SampleTable.INDEX).lt(end)))
                .toJavaRDD()
                .mapToPair(row -> {
                    Sample sample = SampleTable.fromRow(row);
                    return new Tuple2<>(sample.index(), sample);
                })
                .repartitionAndSortWithinPartitions(new ByRange(ranges))
                .values();
    }

    private static final class ByRange extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final long[] ends;

        ByRange(List<IndexRange> ranges) {
            ends = ranges.stream().mapToLong(IndexRange::end).toArray();
        }

        @Override
        public int numPartitions() {
            return ends.length;
        }

        @Override
        public int getPartition(Object index) {
            int found = java.util.Arrays.binarySearch(ends, (Long) index);
            return found >= 0 ? found + 1 : -found - 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ByRange that && java.util.Arrays.equals(ends, that.ends);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(ends);
        }
    }
}
