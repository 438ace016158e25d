/**
 * Encoded bytes to a model's pixels, as Pillow makes them: decoders, resize, crop. Plain Java over leptonica; a picture that is
 * none is an exception with a reason.
 */
package io.rela.image;
