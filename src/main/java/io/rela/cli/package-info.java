/**
 * The command line: picocli's options, checks of what they say, and the requests that they come to. Nothing here does a
 * command's work, and nothing below knows that there is a command line.
 */
package io.rela.cli;
