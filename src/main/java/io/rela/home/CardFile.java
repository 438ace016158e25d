package io.rela.home;

import io.rela.manifest.Manifest;
import io.rela.table.TextFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code README.md} of a home: the {@link DatasetCard} with what people have added to it. Driver only. */
final class CardFile {
    private static final String NAME = "README.md";
    private static final Logger LOG = LoggerFactory.getLogger(CardFile.class);

    private CardFile() {}

    /**
     * Writes the card of a home anew, where it has a conversion. What stands below the card's lines stays, and so does a
     * {@code README.md} that this program has not written.
     *
     * @throws IOException when storage fails; the file is then as it was, or as it is to be
     */
    static void write(FileSystem fs, Path root, Manifest manifest) throws IOException {
        Path file = new Path(root, NAME);
        DatasetCard.Additions kept = DatasetCard.Additions.NONE;
        if (fs.exists(file)) {
            Optional<DatasetCard.Additions> found = additions(fs, file);
            if (found.isEmpty()) {
                LOG.warn(
                        "{} is none that rela has written, and stays as it is: Hugging Face's datasets will not find the"
                                + " tables by it. Remove it to get one.",
                        file);
                return;
            }
            kept = found.get();
        }
        Optional<String> text = DatasetCard.text(manifest, root, kept);
        if (text.isPresent()) {
            TextFile.replace(fs, file, text.get());
        }
    }

    /** What people have added to a card; empty for what is no card, or not all text. */
    private static Optional<DatasetCard.Additions> additions(FileSystem fs, Path file) throws IOException {
        if (fs.getFileStatus(file).isDirectory()) {
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = TextFile.open(fs, file)) {
            bytes = in.readAllBytes();
        } catch (FileNotFoundException removed) {
            return Optional.of(DatasetCard.Additions.NONE);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))
                ? DatasetCard.additions(text)
                : Optional.empty();
    }
}
