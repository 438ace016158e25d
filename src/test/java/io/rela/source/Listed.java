package io.rela.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.testing.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;

/** A source that was listed and collected; for tests. */
record Listed(ImageSource source, List<Sample> samples, List<String> classNames, List<String> warnings) {
    static Listed of(Path input) {
        return of(input, InputFormat.AUTO, ParquetColumns.defaults(), 2);
    }

    static Listed of(Path input, InputFormat format) {
        return of(input, format, ParquetColumns.defaults(), 2);
    }

    static Listed of(Path input, InputFormat format, ParquetColumns columns, int tasks) {
        return of(input, format, columns, tasks, Links.INSIDE);
    }

    static Listed of(Path input, InputFormat format, ParquetColumns columns, int tasks, Links links) {
        ImageSource source = ImageSource.open(input.toString(), format, columns, new Configuration());
        try (Listing listing = source.list(LocalSpark.session(), tasks, links)) {
            List<Sample> samples = listing.samples().collect();
            if (samples.size() != listing.count()) {
                throw new AssertionError(listing.count() + " counted, " + samples.size() + " listed");
            }
            return new Listed(source, samples, listing.classNames(), listing.warnings());
        }
    }

    static AbstractThrowableAssert<?, ?> failure(Path input, InputFormat format) {
        return failure(input, format, ParquetColumns.defaults());
    }

    static AbstractThrowableAssert<?, ?> failure(Path input, InputFormat format, ParquetColumns columns) {
        return assertThatThrownBy(() -> of(input, format, columns, 2)).isInstanceOf(SourceException.class);
    }

    List<String> ids() {
        return samples.stream().map(Sample::id).toList();
    }

    List<Integer> labels() {
        return samples.stream().map(Sample::label).toList();
    }

    List<String> labelNames() {
        return samples.stream().map(Sample::labelName).toList();
    }

    List<Long> indices() {
        return samples.stream().map(Sample::index).toList();
    }

    /** What the reader gives for each sample, as text. */
    List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        try (SampleReader reader = source.reader()) {
            for (Sample sample : samples) {
                contents.add(new String(reader.read(sample), StandardCharsets.UTF_8));
            }
        }
        return contents;
    }

    /** Writes files whose content is their own path, so that a mix-up shows. */
    static void files(Path root, String... names) throws IOException {
        for (String name : names) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "bytes of " + name);
        }
    }
}
