package io.rela.home;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Manifest;
import io.rela.manifest.SourceSettings;
import io.rela.run.CommandRun;
import io.rela.source.ImageSource;
import io.rela.source.SourceException;
import io.rela.table.RangedFiles;
import io.rela.table.Tables;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The targets of a home, whose footers are read once per command. Driver only, one thread. */
public final class Targets {
    private final CommandRun run;
    private final ConversionRecord conversion;
    private final RangedFiles files;
    private Boolean labeled;

    private Targets(CommandRun run, ConversionRecord conversion, RangedFiles files) {
        this.run = run;
        this.conversion = conversion;
        this.files = files;
    }

    /**
     * Opens them.
     *
     * @throws RelaException when they are damaged, or not as many as the manifest says
     */
    public static Targets open(CommandRun run, DatasetHome home, Manifest manifest, ConversionRecord conversion) {
        return new Targets(run, conversion, TableFiles.open(home, manifest, Tables.TARGETS.name()));
    }

    /** The files, in the order of the index. */
    public RangedFiles files() {
        return files;
    }

    /** Number of samples. */
    public long rows() {
        return files.rows();
    }

    /** Number of values per target. */
    public int dimension() {
        return conversion.projection().dimensions();
    }

    /** For Spark SQL, without the pictures that they may carry. */
    public Dataset<Row> table() {
        return run.session().read().schema(Tables.TARGETS.spark()).parquet(files.paths());
    }

    /** Whether a sample has a label. */
    public boolean hasLabels() {
        if (labeled == null) {
            labeled = !table().where(functions.col(Tables.LABEL).isNotNull())
                    .select(Tables.LABEL)
                    .isEmpty();
        }
        return labeled;
    }

    /** Whether the targets carry the pictures. */
    public boolean keepImages() {
        return conversion.keepsImages();
    }

    /**
     * What gives the pictures; empty where the targets carry them.
     *
     * @throws RelaException when what the home was converted from is not there any more
     */
    public Optional<ImageSource> pictures() {
        return keepImages() ? Optional.empty() : Optional.of(source());
    }

    private ImageSource source() {
        SourceSettings from = conversion.settings().source();
        try {
            return ImageSource.open(from.input(), from.inputFormat(), from.columns(), run.hadoop());
        } catch (SourceException e) {
            throw new RelaException(
                    ExitCode.INPUT,
                    "The pictures that this home was converted from are needed, and cannot be read at " + from.input()
                            + " (" + e.getMessage() + "). Put them back there.",
                    e);
        }
    }
}
