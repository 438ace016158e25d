package io.rela.probe;

import java.io.Serializable;

/**
 * Mean and variance of each of D columns, by Welford's update; parts are joined as Chan, Golub and LeVeque do. The bits depend
 * on the order of rows and parts. One thread.
 */
final class ColumnMoments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] mean;
    /** Sums of squared deviations. */
    private final double[] squares;

    private long count;

    /** Of no rows of {@code dimension} columns. */
    ColumnMoments(int dimension) {
        mean = new double[dimension];
        squares = new double[dimension];
    }

    /** Takes a row of D values. */
    void add(float[] row) {
        count++;
        for (int j = 0; j < mean.length; j++) {
            double difference = row[j] - mean[j];
            mean[j] += difference / count;
            squares[j] += difference * (row[j] - mean[j]);
        }
    }

    /** Takes the rows of another part of the same table. */
    void merge(ColumnMoments other) {
        if (other.count == 0) {
            return;
        }
        double share = (double) other.count / (count + other.count);
        for (int j = 0; j < mean.length; j++) {
            double difference = other.mean[j] - mean[j];
            mean[j] += difference * share;
            squares[j] += other.squares[j] + difference * difference * count * share;
        }
        count += other.count;
    }

    /** Number of rows. */
    long count() {
        return count;
    }

    /** Brings each column to mean 0 and population variance 1; 1 row or more. */
    Standardization standardization() {
        double[] deviation = new double[squares.length];
        for (int j = 0; j < squares.length; j++) {
            deviation[j] = Math.sqrt(squares[j] / count);
        }
        return new Standardization(mean.clone(), deviation);
    }
}
