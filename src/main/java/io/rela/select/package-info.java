/**
 * Stage 2's choice: which samples an epoch trains on, and with which weight. A policy is statistics over (index, loss,
 * reference loss, class), then a predicate and a weight for one row; none of it depends on partitions, order, retries or time. The policies
 * are plain Java over a {@link io.rela.rank.Population}; {@link io.rela.select.SelectStep} runs them on Spark.
 */
package io.rela.select;
