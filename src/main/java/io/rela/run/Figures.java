package io.rela.run;

/** Marks what a result file may show of a command: immutable records whose components JSON can hold. */
public interface Figures {}
