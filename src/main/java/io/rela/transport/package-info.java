/**
 * Linear transport between two representations of the same samples, in closed form: the map y = W x + b of P. Sun, Y. Jiang
 * and T. Lin, "Efficiency for Free: Ideal Data Are Transportable Representations" (arXiv 2405.14669), by ridge regression
 * on the moments of the joined rows, and how well it agrees on samples that it was not fitted to.
 *
 * <p>The way of the data: {@link io.rela.transport.IndexedPair}s, split by {@link io.rela.transport.Split}, become moments
 * of training and of held-out rows ({@link io.rela.transport.TransportStep}), {@link io.rela.transport.LinearMaps} fits a
 * {@link io.rela.transport.LinearMap} to the former, {@link io.rela.transport.Agreement} comes from the latter, and
 * {@link io.rela.transport.LinearMapTable} keeps both. Every result is the same, bit for bit, for every partitioning and
 * order of arrival.
 */
package io.rela.transport;
