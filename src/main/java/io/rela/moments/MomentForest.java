package io.rela.moments;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Moments of blocks of rows, merged along a tree that is fixed beforehand, so that the result's bits depend on the rows and
 * the block size alone: not on partitions, retries, timing or the order of merges.
 *
 * <p>Row {@code index} belongs to block {@code index / blockSize}. The tree is the dyadic one over block numbers: node
 * (level, p) covers the blocks [p·2^level, (p+1)·2^level) and is its left child merged with its right child; a child without
 * rows is the identity. That defines the root for every set of blocks, whatever holes it has. A forest holds the largest
 * nodes of which it knows every block, empty ones too; two siblings collapse into their parent as soon as both are known.
 * A task that owns a contiguous range of n blocks holds at most 2·log2(n) nodes.
 *
 * <p>Immutable and safe for threads; {@link Builder} is for one thread.
 */
public final class MomentForest implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The largest node: block numbers are below 2^62. */
    private static final int TOP = 62;

    /** By the first block that a node covers; no two nodes overlap. */
    private final TreeMap<Long, Node> nodes = new TreeMap<>();

    private MomentForest() {}

    /** A node of which every block is known; moments is null where none of its blocks holds a row. */
    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        final int level;
        final Moments moments;

        Node(int level, Moments moments) {
            this.level = level;
            this.moments = moments;
        }
    }

    /** A forest that knows nothing: the identity of {@link #merge}. */
    public static MomentForest empty() {
        return new MomentForest();
    }

    /**
     * The forest of rows that come sorted by index and are <em>all</em> rows of the blocks [firstBlock, endBlock).
     *
     * @param rows strictly ascending in index; features of one length, finite
     * @throws IllegalArgumentException for a row that breaks any of this; the message names its index
     */
    public static MomentForest accumulate(
            Iterator<IndexedFeature> rows, long firstBlock, long endBlock, int blockSize) {
        return drain(rows, blockSize).build(firstBlock, endBlock);
    }

    /** As the other one, for the range from the first row's block to the last row's. */
    public static MomentForest accumulate(Iterator<IndexedFeature> rows, int blockSize) {
        return drain(rows, blockSize).build();
    }

    private static Builder drain(Iterator<IndexedFeature> rows, int blockSize) {
        Builder builder = new Builder(blockSize);
        while (rows.hasNext()) {
            IndexedFeature row = rows.next();
            builder.add(row.index(), row.values());
        }
        return builder;
    }

    /**
     * What both know. Associative and commutative in every bit of {@link #root}.
     *
     * @throws IllegalArgumentException if both know one block: a block was cut in two, or an index stands in two places; or
     *     if features differ in length
     */
    public MomentForest merge(MomentForest other) {
        MomentForest joined = new MomentForest();
        joined.nodes.putAll(nodes);
        other.nodes.forEach((start, node) -> joined.add(start, node));
        return joined;
    }

    /** The moments of all rows; empty where there are none. Blocks that nobody knows count as empty. */
    public Optional<Moments> root() {
        List<Map.Entry<Long, Node>> filled = new ArrayList<>();
        for (Map.Entry<Long, Node> entry : nodes.entrySet()) {
            if (entry.getValue().moments != null) {
                filled.add(entry);
            }
        }
        return filled.isEmpty() ? Optional.empty() : Optional.of(join(filled, 0, TOP));
    }

    /** The node that begins at block start, of its filled descendants. */
    private static Moments join(List<Map.Entry<Long, Node>> filled, long start, int level) {
        if (filled.size() == 1) {
            return filled.get(0).getValue().moments;
        }
        long middle = start + (1L << (level - 1));
        int cut = 0;
        while (cut < filled.size() && filled.get(cut).getKey() < middle) {
            cut++;
        }
        List<Map.Entry<Long, Node>> left = filled.subList(0, cut);
        List<Map.Entry<Long, Node>> right = filled.subList(cut, filled.size());
        if (left.isEmpty()) {
            return join(right, middle, level - 1);
        }
        if (right.isEmpty()) {
            return join(left, start, level - 1);
        }
        return join(left, start, level - 1).merge(join(right, middle, level - 1));
    }

    /** Nodes held, with and without rows: what the forest costs in memory. */
    int size() {
        return nodes.size();
    }

    private void add(long start, Node node) {
        Map.Entry<Long, Node> before = nodes.floorEntry(start);
        boolean hitsBefore = before != null && before.getKey() + (1L << before.getValue().level) > start;
        Long after = nodes.ceilingKey(start);
        boolean hitsAfter = after != null && after < start + (1L << node.level);
        if (hitsBefore || hitsAfter) {
            throw new IllegalArgumentException("Block " + (hitsBefore ? start : after)
                    + " came twice: an index stands in two places, or the rows of one block in two partitions.");
        }
        long first = start;
        Node grown = node;
        while (grown.level < TOP) {
            long sibling = first ^ (1L << grown.level);
            Node other = nodes.get(sibling);
            if (other == null || other.level != grown.level) {
                break;
            }
            nodes.remove(sibling);
            Moments joined = first < sibling ? joined(grown, other) : joined(other, grown);
            grown = new Node(grown.level + 1, joined);
            first = Math.min(first, sibling);
        }
        nodes.put(first, grown);
    }

    private static Moments joined(Node left, Node right) {
        if (left.moments == null) {
            return right.moments;
        }
        return right.moments == null ? left.moments : left.moments.merge(right.moments);
    }

    /** Marks the blocks [from, to) as known and without rows. */
    private void addEmpty(long from, long to) {
        long start = from;
        while (start < to) {
            int aligned = Long.numberOfTrailingZeros(start);
            int fitting = 63 - Long.numberOfLeadingZeros(to - start);
            int level = Math.min(TOP, Math.min(aligned, fitting));
            add(start, new Node(level, null));
            start += 1L << level;
        }
    }

    /**
     * Takes rows one by one, ascending in index, and turns each full block into moments. For one task's thread; holds one
     * block of rows and the nodes. Add every row of a block, then call one of the two build methods once.
     */
    public static final class Builder {
        private final int blockSize;
        private final MomentForest forest = new MomentForest();
        private float[] buffer = new float[0];
        private int dimension;
        private int buffered;
        private long firstBlock = -1;
        private long block = -1;
        private long lastIndex = -1;

        /**
         * @param blockSize rows a block, 1 or more; some hundreds to some thousands make the product of a block fast
         */
        public Builder(int blockSize) {
            if (blockSize < 1) {
                throw new IllegalArgumentException("The block size is " + blockSize + ": give 1 or more.");
            }
            this.blockSize = blockSize;
        }

        /**
         * Adds one row.
         *
         * @param index larger than every index before
         * @param values copied; finite, of the first row's length
         * @throws IllegalArgumentException for an index or values that break this
         */
        public void add(long index, float[] values) {
            check(index, values);
            long own = index / blockSize;
            if (own != block) {
                closeBlock();
                openBlock(own);
            }
            int at = buffered * dimension;
            if (at + dimension > buffer.length) {
                growBuffer();
            }
            System.arraycopy(values, 0, buffer, at, dimension);
            buffered++;
            lastIndex = index;
        }

        /** The forest of all rows added: it knows every block from the first row's to the last row's. */
        public MomentForest build() {
            closeBlock();
            return forest;
        }

        /**
         * The forest of all rows added, which knows every block of the range.
         *
         * @param first the first block, inclusive
         * @param end the last block, exclusive
         * @throws IllegalArgumentException if a row lies outside
         */
        public MomentForest build(long first, long end) {
            if (first < 0 || end < first || end > 1L << TOP) {
                throw new IllegalArgumentException("There is no range of blocks from " + first + " to " + end + ".");
            }
            closeBlock();
            if (block < 0) {
                forest.addEmpty(first, end);
                return forest;
            }
            if (firstBlock < first || block >= end) {
                throw new IllegalArgumentException("Rows of the blocks " + firstBlock + " to " + block
                        + " came where only the blocks from " + first + " to below " + end + " belong.");
            }
            forest.addEmpty(first, firstBlock);
            forest.addEmpty(block + 1, end);
            return forest;
        }

        private void check(long index, float[] values) {
            if (index < 0 || index / blockSize >= 1L << TOP) {
                throw new IllegalArgumentException("The index of a feature is " + index
                        + ": give 0 or more, and below 2^62 times the block size of " + blockSize + ".");
            }
            if (index == lastIndex) {
                throw new IllegalArgumentException("Index " + index + " came twice: indices must be unique.");
            }
            if (index < lastIndex) {
                throw new IllegalArgumentException(
                        "Index " + index + " came after index " + lastIndex + ": sort the rows by index.");
            }
            if (lastIndex < 0) {
                dimension = values.length;
            }
            if (values.length != dimension || dimension == 0) {
                throw new IllegalArgumentException("The feature of index " + index + " has " + values.length
                        + " values, the others have " + dimension + ": one prior gives one length, 1 or more.");
            }
            for (int j = 0; j < dimension; j++) {
                if (!Float.isFinite(values[j])) {
                    throw new IllegalArgumentException("The feature of index " + index + " holds " + values[j]
                            + " at position " + j + ": reject such samples before fitting.");
                }
            }
        }

        private void openBlock(long own) {
            if (block < 0) {
                firstBlock = own;
            } else {
                forest.addEmpty(block + 1, own);
            }
            block = own;
        }

        private void closeBlock() {
            if (buffered > 0) {
                forest.add(block, new Node(0, Moments.ofBlock(buffer, buffered, dimension)));
                buffered = 0;
            }
        }

        /** Grows by doubling up to one block, so that a large block size costs nothing where rows are few. */
        private void growBuffer() {
            int rows = Math.min(blockSize, Math.max(16, 2 * buffered));
            buffer = Arrays.copyOf(buffer, Math.multiplyExact(rows, dimension));
        }
    }
}
