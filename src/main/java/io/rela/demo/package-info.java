/**
 * The whole way on pictures that the program draws: one call of each command's work, with an explanation.
 */
package io.rela.demo;
