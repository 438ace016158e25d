/**
 * Exact statistics over all samples without a sort: ranks, cuts, sums and quotas that depend on no partitioning. Plain Java;
 * what they choose is {@code select}'s affair.
 */
package io.rela.rank;
