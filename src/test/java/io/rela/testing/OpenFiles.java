package io.rela.testing;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that opens files until the system refuses, and prints what Java then says. */
public final class OpenFiles {
    private OpenFiles() {}

    public static void main(String[] args) {
        List<InputStream> open = new ArrayList<>();
        try {
            while (true) {
                open.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            for (InputStream file : open) {
                try {
                    file.close();
                } catch (IOException closing) {
                    e.addSuppressed(closing);
                }
            }
            e.printStackTrace(System.out);
        }
    }
}
