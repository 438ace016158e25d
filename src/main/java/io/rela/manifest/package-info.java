/**
 * {@code manifest.json}: every file of every table, and one typed record for each command that changed the home; what the
 * records tell of epochs. Values only: nothing here reads or writes files.
 */
package io.rela.manifest;
