package io.rela.source;

import java.util.Locale;

/** How the pictures of an input are laid out. */
public enum InputFormat {
    /** Found out by looking at the input. */
    AUTO,
    /** A folder of class folders, or of pictures. */
    FOLDER,
    /** One uncompressed tar file, or a folder of them. */
    TAR,
    /** One Parquet file, or a folder of them. */
    PARQUET;

    /** As settings and manifests spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
