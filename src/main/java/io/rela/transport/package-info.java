/**
 * Compares two representations by linear maps in both directions, for somebody who has to choose a prior. Changes nothing;
 * the mathematics stands in {@code linear}.
 */
package io.rela.transport;
