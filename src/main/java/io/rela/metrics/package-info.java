/**
 * What a run does while it does it: a process counts pictures, rejects, seconds and queues in {@link io.rela.metrics.Meters},
 * and {@link io.rela.metrics.RelaPlugin} shows the sum of all processes among Spark's metrics. Results depend on nothing of it,
 * and what a finished command did stands in the manifest.
 */
package io.rela.metrics;
