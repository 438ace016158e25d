/**
 * Linear maps between two representations of the same samples, in closed form: the map y = W x + b of P. Sun, Y. Jiang and
 * T. Lin, "Efficiency for Free: Ideal Data Are Transportable Representations" (arXiv 2405.14669), by ridge regression on
 * the moments of the joined rows, and how well it agrees on samples that it was not fitted to.
 */
package io.rela.linear;
