package io.rela.source;

import io.rela.Flag;
import io.rela.storage.StorageException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Parquet files with a column of encoded pictures, binary or in the layout of Hugging Face {@code datasets}.
 *
 * <p>A row is a sample; the order is that of the files' paths by code point, then of their rows. A file is listed by one
 * task, which reads its picture column once for the lengths. A uri is {@code FILE#ROW}, split at its last {@code #}; ROW
 * counts from 0 in the file, and {@code new Path(FILE)} reads the rest back. Files and folders whose names start with
 * {@code .} or {@code _} are left out, as Spark does.
 */
final class ParquetSource implements ImageSource {
    private static final long serialVersionUID = 1L;
    // Each holds a row group in memory.
    private static final int OPEN_FILES = 2;

    private final String root;
    private final boolean single;
    private final ParquetListing.Columns columns;
    private final SerializableConfiguration configuration;

    ParquetSource(String root, boolean single, ParquetColumns columns, SerializableConfiguration configuration) {
        this.root = root;
        this.single = single;
        this.columns = ParquetListing.Columns.of(columns);
        this.configuration = configuration;
    }

    @Override
    public String uri() {
        return root;
    }

    @Override
    public InputFormat format() {
        return InputFormat.PARQUET;
    }

    @Override
    public Listing list(SparkSession spark, int tasks, Links links) {
        Border border = SourceDetection.border(root, links);
        InputFiles files = InputFiles.find(
                border,
                single,
                configuration.value(),
                SourceDetection.PARQUET,
                name -> Names.isHidden(name) || name.startsWith("_"),
                name -> false);
        if (files.uris().isEmpty()) {
            throw new SourceException("The input '" + root + "' holds no .parquet file: check " + Flag.INPUT + " and "
                    + Flag.INPUT_FORMAT);
        }
        SerializableConfiguration shipped = configuration;
        ParquetListing.Columns wanted = columns;
        UnitListing found = UnitListing.of(
                spark,
                tasks,
                border,
                files.uris(),
                (unit, uri, out) -> ParquetListing.list(uri, wanted, shipped.value(), out));
        try {
            return finish(found, files);
        } catch (RuntimeException e) {
            found.close();
            throw e;
        }
    }

    private Listing finish(UnitListing found, InputFiles files) {
        if (found.count() == 0) {
            throw new SourceException("The Parquet input '" + root + "' has no rows in "
                    + Names.counted(files.uris().size(), "file") + ": check " + Flag.INPUT);
        }
        List<String> warnings = found.remarks();
        warnings.addAll(files.warnings());
        boolean ownIds = found.sum(UnitListing.Note.BARE) == 0;
        if (ownIds) {
            String duplicate = found.duplicateId();
            if (duplicate != null && columns.id() != null) {
                throw new SourceException("The id '" + duplicate + "' stands in more than one row of '" + root
                        + "': name another column with " + Flag.ID_COLUMN + ", or leave it out for FILE#ROW");
            }
            if (duplicate != null) {
                warnings.add("The paths in column '" + columns.image() + "' are not unique, such as '" + duplicate
                        + "': ids are FILE#ROW");
            }
            ownIds = duplicate == null;
        }
        List<String> classNames = found.texts(UnitListing.Note.CLASS);
        Map<String, Integer> positions = TarSource.positions(classNames);
        List<String> fileNames = ownIds ? null : files.below();
        return found.finish(
                classNames,
                warnings,
                (sample, unit, position) ->
                        finished(sample, positions, fileNames == null ? null : fileNames.get(unit) + "#" + position));
    }

    private static Sample finished(Sample listed, Map<String, Integer> positions, String fileAndRow) {
        return new Sample(
                listed.index(),
                fileAndRow == null ? listed.id() : fileAndRow,
                listed.uri(),
                null,
                listed.length(),
                listed.label() == null && listed.labelName() != null
                        ? positions.get(listed.labelName())
                        : listed.label(),
                listed.labelName());
    }

    @Override
    public SampleReader reader() {
        return new ParquetReader(columns.image(), configuration);
    }

    private static final class ParquetReader implements SampleReader {
        private final SerializableConfiguration configuration;
        private final OpenFiles<ParquetPictures> files;

        ParquetReader(String imageColumn, SerializableConfiguration configuration) {
            this.configuration = configuration;
            this.files =
                    new OpenFiles<>(OPEN_FILES, uri -> new ParquetPictures(uri, imageColumn, configuration.value()));
        }

        @Override
        public byte[] read(Sample sample) throws StorageException {
            String file = sample.uri().substring(0, sample.uri().lastIndexOf('#'));
            return Storage.reading(sample.uri(), new Path(file), configuration.value(), () -> picture(sample, file));
        }

        private byte[] picture(Sample sample, String uri) throws IOException {
            long row = Long.parseLong(sample.uri().substring(uri.length() + 1));
            byte[] bytes;
            try {
                bytes = files.read(uri, file -> file.read(row));
            } catch (ParquetRuntimeException e) {
                throw ParquetFile.damaged(uri, e);
            }
            if (bytes.length != sample.length()) {
                throw Storage.changed(sample.uri(), sample.length(), Integer.toString(bytes.length));
            }
            return bytes;
        }

        @Override
        public void close() throws IOException {
            files.close();
        }
    }
}
