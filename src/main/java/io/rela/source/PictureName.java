package io.rela.source;

import java.util.Comparator;

/**
 * Where a picture stands below its input, without the input itself.
 *
 * @param first the outermost folder, or empty
 * @param folder the whole folder with '/' between its parts, or empty
 * @param base the file's own name
 */
record PictureName(String first, String folder, String base) {
    /** The order of torchvision's {@code make_dataset}: class folder, then the folder's path as one string, then the name. */
    static final Comparator<PictureName> ORDER = Comparator.comparing(PictureName::first, Names.BY_CODE_POINT)
            .thenComparing(PictureName::folder, Names.BY_CODE_POINT)
            .thenComparing(PictureName::base, Names.BY_CODE_POINT);

    static PictureName of(String path) {
        int start = path.indexOf('/');
        int end = path.lastIndexOf('/');
        return start < 0
                ? new PictureName("", "", path)
                : new PictureName(path.substring(0, start), path.substring(0, end), path.substring(end + 1));
    }

    String path() {
        return folder.isEmpty() ? base : folder + "/" + base;
    }
}
