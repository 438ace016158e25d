/**
 * A model: its file, the module that an executor has loaded, its device, libtorch. The only place that knows DJL.
 */
package io.rela.model;
