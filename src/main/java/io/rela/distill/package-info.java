/**
 * Stage 2: an epoch's losses, computed or logged, and the subset that a policy chooses by them.
 * {@link io.rela.distill.Distillation} is the outline; losses are computed in {@code loss}, policies stand in {@code select}.
 */
package io.rela.distill;
