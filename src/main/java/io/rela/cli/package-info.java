/**
 * The command line: picocli's options, checks of what they say, and the requests that they come to. Nothing here does a
 * command's work. What is below takes requests and knows no options; of the command line its messages know the names of the
 * settings, each of which stands once, in {@link io.rela.Flag}.
 */
package io.rela.cli;
