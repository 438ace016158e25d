/**
 * The dataset home: its folder, its locks, and the commit that makes tables visible, all or nothing. What its manifest says is
 * {@code manifest}'s, rows and files of tables are {@code table}'s.
 */
package io.rela.home;
