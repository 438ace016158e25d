package io.rela.moments;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.functions;
import scala.Tuple2;

/**
 * The moments of a distributed table of features: one forest a partition, joined in a tree of depth 2. The driver receives
 * nothing that grows with the number of rows but for its logarithm. Runs on the driver; the same bits for every
 * partitioning.
 */
public final class MomentsStep {
    private static final int TREE_DEPTH = 2;

    private MomentsStep() {}

    /**
     * The moments of rows that lie where they belong already: each partition holds whole blocks, sorted by index, and no
     * other partition holds a block between its first and its last. Nothing is shuffled but forests.
     *
     * <p>The job fails for features of different lengths or with NaN or infinity, an index that comes twice, rows out of
     * order, and a block that lies in two partitions: with Spark's {@code SparkException} around an
     * IllegalArgumentException that names the row, or with the latter itself where the driver finds it.
     *
     * @param blockSize rows a block: row {@code index} belongs to block {@code index / blockSize}. The result's last bits
     *     depend on it.
     * @throws IllegalArgumentException if there are no rows
     */
    public static Moments of(JavaRDD<IndexedFeature> rows, int blockSize) {
        return root(rows.mapPartitions(
                part -> List.of(MomentForest.accumulate(part, blockSize)).iterator()));
    }

    /**
     * The moments of a table in any order: one pass over the index column finds the range, then each task receives a
     * contiguous range of blocks and sorts it. Shuffles the features once.
     *
     * <p>The job fails for features that the other variant refuses, in the same way, and for null features.
     *
     * @param indexColumn of type long, unique, 0 or more, no nulls
     * @param featureColumn of type array&lt;float&gt;, no nulls
     * @param blockSize rows a block, as in the other variant, and with the same bits
     * @throws IllegalArgumentException if a column is missing or of another type, there are no rows, or an index is null or
     *     negative
     */
    public static Moments of(Dataset<Row> table, String indexColumn, String featureColumn, int blockSize) {
        FeatureColumns.requireLong(table.schema(), indexColumn);
        FeatureColumns.requireFloats(table.schema(), featureColumn);
        if (blockSize < 1) {
            throw new IllegalArgumentException("The block size is " + blockSize + ": give 1 or more.");
        }
        BlockRanges ranges = ranges(table, indexColumn, blockSize);
        JavaPairRDD<Long, float[]> sorted = table.select(table.col(indexColumn), table.col(featureColumn))
                .queryExecution()
                .toRdd()
                .toJavaRDD()
                .mapToPair(MomentsStep::indexed)
                .repartitionAndSortWithinPartitions(ranges);
        return root(sorted.mapPartitionsWithIndex(
                (part, rows) -> {
                    Iterator<IndexedFeature> features = new Features(rows);
                    return List.of(MomentForest.accumulate(
                                    features, ranges.first(part), ranges.first(part + 1), blockSize))
                            .iterator();
                },
                true));
    }

    private static Moments root(JavaRDD<MomentForest> forests) {
        if (forests.getNumPartitions() == 0) {
            throw noRows();
        }
        return forests.treeReduce(MomentForest::merge, TREE_DEPTH).root().orElseThrow(MomentsStep::noRows);
    }

    private static IllegalArgumentException noRows() {
        return new IllegalArgumentException("There are no features to fit a projection to: the table is empty.");
    }

    private static BlockRanges ranges(Dataset<Row> table, String indexColumn, int blockSize) {
        Row range = table.agg(
                        functions.count(functions.lit(1)),
                        functions.count(table.col(indexColumn)),
                        functions.min(table.col(indexColumn)),
                        functions.max(table.col(indexColumn)))
                .first();
        long rows = range.getLong(0);
        if (rows == 0) {
            throw noRows();
        }
        long nulls = rows - range.getLong(1);
        if (nulls > 0) {
            throw new IllegalArgumentException("Column " + indexColumn + " is null in " + nulls + " of " + rows
                    + " rows: give each row an index.");
        }
        if (range.getLong(2) < 0) {
            throw new IllegalArgumentException(
                    "Column " + indexColumn + " holds " + range.getLong(2) + ": give indices of 0 or more.");
        }
        long first = range.getLong(2) / blockSize;
        long end = range.getLong(3) / blockSize + 1;
        int wanted = Integer.parseInt(table.sparkSession().conf().get("spark.sql.shuffle.partitions"));
        return new BlockRanges(first, end, blockSize, wanted);
    }

    private static Tuple2<Long, float[]> indexed(InternalRow row) {
        long index = row.getLong(0);
        if (row.isNullAt(1)) {
            throw new IllegalArgumentException("The feature of index " + index + " is null.");
        }
        ArrayData values = row.getArray(1);
        for (int j = 0; j < values.numElements(); j++) {
            if (values.isNullAt(j)) {
                throw new IllegalArgumentException("The feature of index " + index + " is null at position " + j + ".");
            }
        }
        return new Tuple2<>(index, values.toFloatArray());
    }

    /** Pairs as features; for one task's thread. */
    private record Features(Iterator<Tuple2<Long, float[]>> pairs) implements Iterator<IndexedFeature> {
        @Override
        public boolean hasNext() {
            return pairs.hasNext();
        }

        @Override
        public IndexedFeature next() {
            Tuple2<Long, float[]> pair = pairs.next();
            return new IndexedFeature(pair._1(), pair._2());
        }
    }

    /** Cuts a range of blocks into contiguous parts of like length, at most as many as there are blocks. */
    private static final class BlockRanges extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final long firstBlock;
        private final long endBlock;
        private final int blockSize;
        private final long blocksEach;
        private final int parts;

        BlockRanges(long firstBlock, long endBlock, int blockSize, int wanted) {
            this.firstBlock = firstBlock;
            this.endBlock = endBlock;
            this.blockSize = blockSize;
            long blocks = endBlock - firstBlock;
            this.blocksEach = (blocks - 1) / wanted + 1;
            this.parts = (int) ((blocks - 1) / blocksEach + 1);
        }

        long first(int part) {
            return Math.min(endBlock, firstBlock + part * blocksEach);
        }

        @Override
        public int numPartitions() {
            return parts;
        }

        @Override
        public int getPartition(Object index) {
            return (int) (((Long) index / blockSize - firstBlock) / blocksEach);
        }
    }
}
