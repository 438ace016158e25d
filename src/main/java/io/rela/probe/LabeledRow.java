package io.rela.probe;

import java.io.Serializable;

/**
 * One sample. Lives inside of one task; its array is not copied.
 *
 * @param label number of its class
 * @param values D finite inputs
 */
record LabeledRow(int label, float[] values) implements Serializable {}
