/**
 * The options that commands are put together from: what a person may write, the checks of it that can be made before any work
 * starts, and the part of a request that it comes to. A group of options stands here once, whichever commands have it; a command's
 * own options, and what it does with them, are in {@code io.rela.cli}.
 */
package io.rela.cli.options;
