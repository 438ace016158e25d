package io.rela.rank;

import io.rela.rank.Population.Statistic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the row of a rank exactly, without sorting: a histogram of the keys' high bits tells the bin that it lies in, then
 * only that bin is refined, until the few rows that are left can be fetched and sorted. Many groups and ranks are searched
 * in the same passes; memory does not depend on N: {@value #MOST_BINS} counters, or 16 a search where there are many, and {@value #MOST_ROWS} rows. Driver only.
 */
public final class RankSearch {
    private static final int MOST_BINS = 1 << 18;
    private static final int MOST_ROWS = 1 << 16;
    private static final int MOST_BITS = 16;
    private static final int LEAST_BITS = 4;

    private RankSearch() {}

    /** Bits of a key and a tie, which are refined one after the other. */
    private static final int ALL_BITS = 2 * Long.SIZE;

    /**
     * One rank that is looked for: its row's key begins with the bits in {@code key}, once these are all, its tie with those in
     * {@code tie}; {@code rank} rows of that beginning precede it.
     */
    private record Search(int group, int slot, long key, long tie, long rank, long rows) {}

    /**
     * Cuts groups at ranks.
     *
     * @param ranks for each group any number of ranks, 0 or more
     * @return for each group and rank the cut that as many rows lie before, or all rows of the group where it has fewer
     */
    public static Cut[][] find(Population rows, Ranking ranking, long[][] ranks) {
        Cut[][] cuts = new Cut[ranks.length][];
        List<Search> open = new ArrayList<>();
        for (int group = 0; group < ranks.length; group++) {
            cuts[group] = new Cut[ranks[group].length];
            for (int slot = 0; slot < ranks[group].length; slot++) {
                if (ranks[group][slot] == 0) {
                    cuts[group][slot] = Cut.FIRST;
                } else {
                    open.add(new Search(group, slot, 0, 0, ranks[group][slot], Long.MAX_VALUE));
                }
            }
        }
        int left = ALL_BITS;
        while (!open.isEmpty() && left > 0 && rowsOf(open) > MOST_ROWS) {
            int bits = Math.min(left > Long.SIZE ? left - Long.SIZE : left, bitsFor(open.size()));
            Histogram found = rows.scan(new Histogram(ranking, open, ranks.length, left, bits));
            left -= bits;
            open = found.refine(open, cuts);
        }
        if (!open.isEmpty()) {
            rows.scan(new Bin(ranking, open, ranks.length, left)).settle(open, cuts);
        }
        return cuts;
    }

    /** Cuts all rows that take part, as one group, at one rank. */
    public static Cut find(Population rows, Ranking ranking, long rank) {
        return find(rows, ranking, new long[][] {{rank}})[0][0];
    }

    private static long rowsOf(List<Search> open) {
        long rows = 0;
        for (Search search : open) {
            rows = search.rows() > MOST_ROWS ? Long.MAX_VALUE / 2 : rows + search.rows();
            if (rows > MOST_ROWS) {
                return rows;
            }
        }
        return rows;
    }

    private static int bitsFor(int searches) {
        int bits = 31 - Integer.numberOfLeadingZeros(Math.max(1, MOST_BINS / searches));
        return Math.max(LEAST_BITS, Math.min(MOST_BITS, bits));
    }

    /** Which searches a row concerns: those of its group that its key and tie begin like. */
    private abstract static class Matching<S extends Statistic<S>> implements Statistic<S> {
        private static final long serialVersionUID = 1L;

        private final Ranking ranking;
        private final int[][] ofGroup;
        private final long[] keys;
        private final long[] ties;
        private final int left;

        Matching(Ranking ranking, List<Search> open, int groups, int left) {
            this.ranking = ranking;
            this.left = left;
            this.ofGroup = new int[groups][0];
            this.keys = new long[open.size()];
            this.ties = new long[open.size()];
            for (int s = 0; s < keys.length; s++) {
                int group = open.get(s).group();
                ofGroup[group] = Arrays.copyOf(ofGroup[group], ofGroup[group].length + 1);
                ofGroup[group][ofGroup[group].length - 1] = s;
                keys[s] = open.get(s).key();
                ties[s] = open.get(s).tie();
            }
        }

        @Override
        public final void add(long index, float loss, float reference, int label) {
            int group = ranking.group(index, loss, reference, label);
            if (group < 0 || ofGroup[group].length == 0) {
                return;
            }
            long key = ranking.key(index, loss, reference, label);
            long keyBegin = left == ALL_BITS ? 0 : left > Long.SIZE ? key >>> (left - Long.SIZE) : key;
            long tieBegin = left >= Long.SIZE ? 0 : ranking.tie(index) >>> left;
            for (int search : ofGroup[group]) {
                if (keys[search] == keyBegin && ties[search] == tieBegin) {
                    match(search, key, index);
                }
            }
        }

        final long tie(long index) {
            return ranking.tie(index);
        }

        abstract void match(int search, long key, long index);
    }

    private static final class Histogram extends Matching<Histogram> {
        private static final long serialVersionUID = 1L;

        private final int shift;
        private final int bits;
        private final int searches;
        /** Made where rows are: an empty one is not sent. */
        private long[] counts;

        Histogram(Ranking ranking, List<Search> open, int groups, int left, int bits) {
            super(ranking, open, groups, left);
            this.shift = left - bits;
            this.bits = bits;
            this.searches = open.size();
        }

        @Override
        void match(int search, long key, long index) {
            if (counts == null) {
                counts = new long[searches << bits];
            }
            long from = shift >= Long.SIZE ? key >>> (shift - Long.SIZE) : tie(index) >>> shift;
            int digit = (int) from & ((1 << bits) - 1);
            counts[(search << bits) | digit]++;
        }

        @Override
        public void merge(Histogram other) {
            if (counts == null) {
                counts = other.counts;
            } else if (other.counts != null) {
                for (int i = 0; i < counts.length; i++) {
                    counts[i] += other.counts[i];
                }
            }
        }

        /** The searches with a longer beginning; one whose rank is beyond its rows is settled. */
        List<Search> refine(List<Search> open, Cut[][] cuts) {
            List<Search> refined = new ArrayList<>();
            long[] rows = counts == null ? new long[searches << bits] : counts;
            for (int s = 0; s < open.size(); s++) {
                Search search = open.get(s);
                long rank = search.rank();
                int digit = 0;
                while (digit < 1 << bits && rank >= rows[(s << bits) | digit]) {
                    rank -= rows[(s << bits) | digit];
                    digit++;
                }
                if (digit == 1 << bits) {
                    cuts[search.group()][search.slot()] = Cut.LAST;
                } else {
                    refined.add(new Search(
                            search.group(),
                            search.slot(),
                            shift >= Long.SIZE ? search.key() << bits | digit : search.key(),
                            shift >= Long.SIZE ? 0 : search.tie() << bits | digit,
                            rank,
                            rows[(s << bits) | digit]));
                }
            }
            return refined;
        }
    }

    /** The rows of the bins that ranks lie in. */
    private static final class Bin extends Matching<Bin> {
        private static final long serialVersionUID = 1L;

        private final ArrayList<Cut>[] found;

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays cannot be generic
        Bin(Ranking ranking, List<Search> open, int groups, int left) {
            super(ranking, open, groups, left);
            found = new ArrayList[open.size()];
            Arrays.setAll(found, s -> new ArrayList<>());
        }

        @Override
        void match(int search, long key, long index) {
            found[search].add(new Cut(key, tie(index), index));
        }

        @Override
        public void merge(Bin other) {
            for (int s = 0; s < found.length; s++) {
                found[s].addAll(other.found[s]);
            }
        }

        void settle(List<Search> open, Cut[][] cuts) {
            for (int s = 0; s < found.length; s++) {
                Search search = open.get(s);
                List<Cut> rows = found[s];
                rows.sort(Comparator.naturalOrder());
                cuts[search.group()][search.slot()] =
                        search.rank() < rows.size() ? rows.get((int) search.rank()) : Cut.LAST;
            }
        }
    }
}
