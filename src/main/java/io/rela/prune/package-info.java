/**
 * Removes what was made of old epochs. What was converted always stays.
 */
package io.rela.prune;
