package io.rela.image;

/**
 * What a JPEG's markers tell without decoding it. Read as libjpeg does: bytes between segments are skipped.
 *
 * @param width in pixels, 0 to 65,535
 * @param height in pixels, 0 to 65,535
 * @param components 1 gray, 3 color, 4 CMYK or YCCK
 * @param form how the frame is coded: its marker and each component's sampling factors, such as c0 22 11 11
 * @param ycck whether Adobe's marker says that four components are YCCK
 * @param scans passes over the picture; 1 for baseline, about 10 for progressive
 * @param complete whether the data reaches the end-of-image marker or, where one scan holds the whole picture, any marker
 *     after that scan
 */
record JpegMarkers(int width, int height, int components, String form, boolean ycck, int scans, boolean complete) {
    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APP14 = 0xEE;
    private static final int ADOBE_LENGTH = 14;

    static JpegMarkers of(byte[] data) throws UndecodableImageException {
        int width = 0;
        int height = 0;
        int components = 0;
        String form = "";
        boolean ycck = false;
        int scans = 0;
        boolean complete = false;
        boolean progressive = false;
        boolean lastScan = false;
        int at = 2;
        while (!complete) {
            while (at < data.length && data[at] != (byte) 0xFF) {
                at++;
            }
            while (at < data.length && data[at] == (byte) 0xFF) {
                at++;
            }
            if (at >= data.length) {
                break;
            }
            int marker = data[at++] & 0xFF;
            if (marker == END_OF_IMAGE || (lastScan && hasSegment(marker))) {
                complete = true;
            } else if (hasSegment(marker)) {
                int length = at + 2 > data.length ? Integer.MAX_VALUE : u16(data, at);
                if (length > data.length - at) {
                    break;
                }
                if (isFrame(marker) && components == 0 && length >= 8) {
                    height = u16(data, at + 3);
                    width = u16(data, at + 5);
                    components = data[at + 7] & 0xFF;
                    form = form(marker, data, at + 8, Math.min(components, (length - 8) / 3));
                    progressive = (marker & 3) == 2;
                } else if (marker == START_OF_SCAN) {
                    scans++;
                    lastScan = !progressive && length > 2 && (data[at + 2] & 0xFF) == components;
                } else if (marker == APP14 && length >= ADOBE_LENGTH && data[at + 2] == 'A' && data[at + 3] == 'd') {
                    ycck = data[at + 13] != 0;
                }
                at += length;
            }
        }
        if (components == 0) {
            throw complete
                    ? UndecodableImageException.corrupt("The JPEG has no frame")
                    : UndecodableImageException.truncated(
                            "The data ends after " + data.length + " bytes, before the JPEG's frame");
        }
        return new JpegMarkers(width, height, components, form, ycck, scans, complete);
    }

    private static String form(int marker, byte[] data, int at, int components) {
        StringBuilder form = new StringBuilder(Integer.toHexString(marker));
        for (int component = 0; component < components; component++) {
            form.append(' ').append(Integer.toHexString(data[at + 3 * component + 1] & 0xFF));
        }
        return form.toString();
    }

    /** Stuffed zeros, restarts, a second start of image and the reserved low codes stand alone. */
    private static boolean hasSegment(int marker) {
        return marker > START_OF_IMAGE || (marker >= 0xC0 && marker < 0xD0);
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private static int u16(byte[] data, int at) {
        return ((data[at] & 0xFF) << 8) | (data[at + 1] & 0xFF);
    }
}
