/** Pseudo-classes of unlabeled samples: k-means of their targets. */
package io.rela.cluster;
