/**
 * What one run of a command has: session, clock, streams, versions, and the result. Knows nothing of what commands do.
 */
package io.rela.run;
