/**
 * Counts, means and Gram matrices of rows of features, the same bits however rows are distributed. Axes and linear maps are
 * both fitted to them.
 */
package io.rela.moments;
