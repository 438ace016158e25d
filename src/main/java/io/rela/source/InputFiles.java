package io.rela.source;

import io.rela.storage.Patience;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The shards or Parquet files of an input, in order of their paths by code point. Driver only.
 *
 * @param uris each file's path as text
 * @param below the same files' paths below the input, or the name where the input is one file
 * @param leftOut number of files that were not taken though they look as if someone wanted them
 * @param warnings about names that are no files
 */
record InputFiles(List<String> uris, List<String> below, long leftOut, List<String> warnings) {
    static InputFiles find(
            Border border,
            boolean single,
            Configuration configuration,
            String suffix,
            Predicate<String> hidden,
            Predicate<String> missed) {
        String root = border.input();
        if (single) {
            return new InputFiles(List.of(root), List.of(new Path(root).getName()), 0, List.of());
        }
        try {
            Storage.Tree tree = Patience.of(configuration)
                    .read(
                            () -> Storage.walk(
                                    new Path(root),
                                    configuration,
                                    border,
                                    hidden,
                                    name -> Names.hasSuffix(name, suffix)),
                            Patience.SLEEP);
            border.refuse(tree.crossings());
            List<String> warnings = new ArrayList<>();
            tree.warn(warnings::add);
            List<Storage.Found> files = new ArrayList<>(tree.files());
            files.removeIf(file -> !Names.hasSuffix(file.below(), suffix));
            files.sort(Comparator.comparing(Storage.Found::below, Names.BY_CODE_POINT));
            return new InputFiles(
                    files.stream().map(Storage.Found::uri).toList(),
                    files.stream().map(Storage.Found::below).toList(),
                    tree.files().stream()
                            .filter(file -> missed.test(file.below()))
                            .count(),
                    warnings);
        } catch (IOException e) {
            throw SourceDetection.unreadable(root, e);
        }
    }
}
