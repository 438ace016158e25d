package io.rela.app;

import io.rela.prior.DeviceRequest;
import io.rela.projection.ProjectionKind;
import io.rela.settings.IfExists;
import io.rela.settings.Problems;
import io.rela.source.InputFormat;
import io.rela.source.Missing;
import io.rela.source.ParquetColumns;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code convert}: images and a prior model become features, projection, targets and rejects. */
@CommandLine.Command(
        name = "convert",
        description = "Stage 1: runs the prior over all pictures and attaches a representation target to each.",
        sortOptions = false)
final class ConvertCommand extends Command {
    @Option(names = "--input", required = true, paramLabel = "URI", description = "folder, tar shards or Parquet")
    String input;

    @Option(names = "--home", required = true, paramLabel = "URI", description = "the dataset home")
    String home;

    @Option(
            names = "--prior",
            required = true,
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:prior")
    String prior;

    @Option(names = "--input-format", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    InputFormat inputFormat = InputFormat.AUTO;

    @Option(names = "--image-column", paramLabel = "NAME", description = "of Parquet input (default image)")
    String imageColumn;

    @Option(names = "--label-column", paramLabel = "NAME", description = "of Parquet input (default label)")
    String labelColumn;

    @Option(names = "--id-column", paramLabel = "NAME", description = "of Parquet input (default image.path)")
    String idColumn;

    @Option(names = "--projection", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    ProjectionKind projection = ProjectionKind.PCA;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "values a target (default 512, or all that the prior gives where that is less)")
    Integer dimensions;

    @Option(
            names = "--max-rejects",
            paramLabel = "SHARE",
            description = "of pictures that may come to nothing, 0 to 1 (default ${DEFAULT-VALUE})")
    double maxRejects = 0.01;

    @Option(
            names = "--missing",
            description = "${COMPLETION-CANDIDATES}: what becomes of a picture that is gone since it was listed"
                    + " (default ${DEFAULT-VALUE})")
    Missing missing = Missing.FAIL;

    @Option(names = "--keep-images", description = "the encoded pictures travel along in targets/")
    boolean keepImages;

    @Mixin
    ViewOptions view = new ViewOptions();

    @Option(names = "--device", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    DeviceRequest device = DeviceRequest.AUTO;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            converter = BatchSize.Converter.class,
            description = "pictures a forward pass, or auto: what is fastest here"
                    + " (default 4 on a CPU, or 32 of up to 64 pixels; 256 on a GPU)")
    BatchSize batchSize;

    @Option(names = "--seed", paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Option(names = "--if-exists", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "tasks a wave (default two a task slot); results do not depend on it")
    Integer partitions;

    @Option(
            names = "--wave-size",
            paramLabel = "N",
            description = "pictures that a killed run re-does at most (default 32768, more on large clusters)")
    Long waveSize;

    @Override
    void check(Problems problems) {
        Checks.share(problems, "--max-rejects", maxRejects);
        Checks.atLeastOne(problems, "--dimensions", dimensions);
        view.check(problems);
        Checks.batchSize(problems, batchSize);
        Checks.atLeastOne(problems, "--partitions", partitions);
        problems.check(waveSize == null || waveSize >= 1, "--wave-size " + waveSize + ": write a number of at least 1");
        problems.check(
                projection != ProjectionKind.NONE || dimensions == null,
                "--dimensions " + dimensions + " has no meaning with --projection none, which keeps all values: leave"
                        + " one of them out");
        Inputs.check(problems, "--input", input);
        Inputs.refuseSecret(problems, "--home", home);
        Inputs.checkModel(problems, "--prior", prior);
    }

    @Override
    Result run(PrintStream out) {
        return new Conversion(this).run();
    }

    ParquetColumns columns() {
        return new ParquetColumns(
                Optional.ofNullable(imageColumn), Optional.ofNullable(labelColumn), Optional.ofNullable(idColumn));
    }
}
