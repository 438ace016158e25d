/**
 * From causes to messages: which failures are those of a disk, a file system or a platform, and what a user is told to do about
 * them. Knows no command; the command line asks it when one has failed.
 */
package io.rela.failure;
