/**
 * Looks at a dataset home: prints its records, and checks what must hold between manifest and tables. Changes nothing.
 */
package io.rela.inspect;
