/**
 * {@code report}: a dataset home as one HTML page with plots and pictures, and its figures as JSON. {@link io.rela.report.Reporting}
 * is the outline; what has to pass over tables stands in {@code *Step}, the figures, the charts and the page are plain Java.
 * Checks nothing itself: what holds of a home, {@code inspect} says. Changes nothing in the home.
 */
package io.rela.report;
