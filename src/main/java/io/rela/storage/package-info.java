/**
 * Storage that fails: what a failure says of a file, and how often storage is asked again before it counts. Everything that
 * reads or writes stands on it; it knows nothing of what the files hold.
 */
package io.rela.storage;
