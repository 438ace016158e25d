package io.rela.image;

final class TiffDecoder {
    private TiffDecoder() {}

    static RgbImage decode(byte[] data) throws UndecodableImageException {
        return Leptonica.tiff(data)
                .orElseThrow(() -> UndecodableImageException.corrupt("The TIFF decoder refuses the data"));
    }
}
