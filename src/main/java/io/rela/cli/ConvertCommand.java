package io.rela.cli;

import io.rela.Flag;
import io.rela.cli.options.DryRunOption;
import io.rela.cli.options.EmbedOptions;
import io.rela.cli.options.HomeOptions;
import io.rela.cli.options.Inputs;
import io.rela.cli.options.Problems;
import io.rela.cli.options.ViewOptions;
import io.rela.convert.Conversion;
import io.rela.convert.ConvertRequest;
import io.rela.convert.ConvertRequest.Axes;
import io.rela.convert.ConvertRequest.Pictures;
import io.rela.model.ModelRequest;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.ProjectionKind;
import io.rela.run.CommandResult;
import io.rela.run.CommandRun;
import io.rela.source.InputFormat;
import io.rela.source.Links;
import io.rela.source.ParquetColumns;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code convert}: images and a prior model become features, projection, targets and rejects. */
@CommandLine.Command(
        name = "convert",
        description = "Stage 1: runs the prior over all pictures and attaches a representation target to each.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rela convert --input photos --prior builtin:prior --home photos-rela --dry-run",
            "  rela convert --input photos --prior builtin:prior --home photos-rela",
            "  rela convert --input photos --prior builtin:learner-late --home photos-other"
        },
        sortOptions = false)
final class ConvertCommand extends Command {
    @Option(names = Flag.INPUT, required = true, paramLabel = "URI", description = "folder, tar shards or Parquet")
    String input;

    @Option(
            names = Flag.PRIOR,
            required = true,
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:prior")
    String prior;

    @Option(
            names = Flag.PRIOR_SHA256,
            paramLabel = "HEX",
            description = "of the .pt file of the prior that is run: refuses any other; TorchScript is code")
    String priorSha256;

    @Option(
            names = Flag.ALLOW_UNSTABLE_PRIOR,
            description = "goes on with a prior whose output depends on chance or on the other pictures of a batch")
    boolean allowUnstablePrior;

    @Mixin
    HomeOptions home = new HomeOptions();

    @Option(names = Flag.INPUT_FORMAT, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    InputFormat inputFormat = InputFormat.AUTO;

    @Option(names = Flag.IMAGE_COLUMN, paramLabel = "NAME", description = "of Parquet input (default image)")
    String imageColumn;

    @Option(names = Flag.LABEL_COLUMN, paramLabel = "NAME", description = "of Parquet input (default label)")
    String labelColumn;

    @Option(names = Flag.ID_COLUMN, paramLabel = "NAME", description = "of Parquet input (default image.path)")
    String idColumn;

    @Option(
            names = Flag.FOLLOW_LINKS,
            description = "reads what links in a local input lead to, even where that lies outside of it")
    boolean followLinks;

    @Option(
            names = Flag.PROJECTION,
            paramLabel = "KIND",
            converter = Kinds.class,
            description = "pca, random or none (default pca)")
    ProjectionKind projection;

    @Option(
            names = Flag.CONSENSUS,
            paramLabel = "URI",
            description = "instead: the axes that this prior shares with that of another home of the same pictures")
    String consensus;

    @Option(
            names = Flag.DIMENSIONS,
            paramLabel = "N",
            converter = Numbers.class,
            description =
                    "values per target: a number; auto: as many as the variances suggest; or SHARE%%: the fewest that"
                            + " hold that share of the variance (default auto; 64 shared axes, 512 random ones, or all that"
                            + " the prior gives where that is less)")
    Dimensions dimensions;

    @Option(
            names = Flag.SCALE,
            paramLabel = "RULE",
            converter = Scales.class,
            description =
                    "axis: variance 1 along each axis; none: the axes at their own scale; shrink or shrink:X: between"
                            + " (default axis)")
    AxisScale scale;

    @Option(names = Flag.KEEP_IMAGES, description = "the encoded pictures travel along in targets/")
    boolean keepImages;

    @Mixin
    ViewOptions view = new ViewOptions();

    @Mixin
    EmbedOptions embed = new EmbedOptions();

    @Option(names = Flag.SEED, paramLabel = "N", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 0;

    @Option(
            names = Flag.PARTITIONS,
            paramLabel = "N",
            description = "tasks per wave (default two per task slot); results do not depend on it")
    Integer partitions;

    @Option(
            names = Flag.WAVE_SIZE,
            paramLabel = "N",
            description = "pictures of a wave; a killed run re-does up to two (default 32768, more on large clusters)")
    Long waveSize;

    @Mixin
    DryRunOption dryRun = new DryRunOption();

    @Override
    void check(Problems problems) {
        problems.sha256(Flag.PRIOR_SHA256, priorSha256);
        view.check(problems);
        embed.check(problems);
        home.check(problems);
        problems.atLeastOne(Flag.PARTITIONS, partitions);
        problems.check(
                waveSize == null || waveSize >= 1, Flag.WAVE_SIZE + " " + waveSize + ": write a number of at least 1");
        problems.check(
                projection == null || consensus == null,
                Flag.PROJECTION + " " + projection + " and " + Flag.CONSENSUS
                        + " both say what the axes are: leave one of" + " them out");
        problems.check(
                projection != ProjectionKind.NONE || dimensions == null,
                Flag.DIMENSIONS + " " + dimensions + " has no meaning with " + Flag.PROJECTION
                        + " none, which keeps all values: leave" + " one of them out");
        problems.check(
                projection != ProjectionKind.RANDOM
                        || dimensions == null
                        || dimensions.number().isPresent(),
                Flag.DIMENSIONS + " " + dimensions + " has no meaning with " + Flag.PROJECTION
                        + " random, whose axes hold what chance gives them: write a number");
        problems.check(
                projection != ProjectionKind.NONE || scale == null,
                Flag.SCALE + " " + scale + " has no meaning with " + Flag.PROJECTION
                        + " none, which keeps the values as they are: leave one of them out");
        Inputs.check(problems, Flag.INPUT, input);
        Inputs.check(problems, Flag.CONSENSUS, consensus);
        Inputs.checkModel(problems, Flag.PRIOR, prior);
    }

    @Override
    CommandResult run(CommandRun run) {
        return Conversion.run(
                new ConvertRequest(
                        home.request(),
                        new Pictures(
                                input,
                                inputFormat,
                                new ParquetColumns(
                                        Optional.ofNullable(imageColumn),
                                        Optional.ofNullable(labelColumn),
                                        Optional.ofNullable(idColumn)),
                                followLinks ? Links.FOLLOW : Links.INSIDE),
                        new ModelRequest(
                                Flag.PRIOR,
                                prior,
                                view.overrides(),
                                Optional.ofNullable(priorSha256),
                                embed.precision(),
                                allowUnstablePrior),
                        new Axes(
                                consensus != null
                                        ? ProjectionKind.CONSENSUS
                                        : Objects.requireNonNullElse(projection, ProjectionKind.PCA),
                                Optional.ofNullable(dimensions),
                                Objects.requireNonNullElse(scale, AxisScale.axis()),
                                seed,
                                Optional.ofNullable(consensus)),
                        keepImages,
                        embed.request(waveSize, partitions),
                        dryRun.isAsked()),
                run);
    }

    @Override
    String home() {
        return home.uri();
    }

    @Override
    Optional<String> kept() {
        return Conversion.kept(home.uri(), Inputs.hadoop());
    }

    @Override
    boolean resumes() {
        return true;
    }

    /** Reads {@link Flag#PROJECTION}. */
    static final class Kinds implements ITypeConverter<ProjectionKind> {
        @Override
        public ProjectionKind convert(String text) {
            ProjectionKind kind = read(text.toLowerCase(Locale.ROOT), ProjectionKind::of);
            if (kind == ProjectionKind.CONSENSUS) {
                throw new TypeConversionException("'" + text + "': name the other home with " + Flag.CONSENSUS);
            }
            return kind;
        }
    }

    /** Reads {@link Flag#DIMENSIONS}. */
    static final class Numbers implements ITypeConverter<Dimensions> {
        @Override
        public Dimensions convert(String text) {
            return read(text, Dimensions::of);
        }
    }

    /** Reads {@link Flag#SCALE}. */
    static final class Scales implements ITypeConverter<AxisScale> {
        @Override
        public AxisScale convert(String text) {
            return read(text, AxisScale::of);
        }
    }

    private static <T> T read(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': " + e.getMessage());
        }
    }
}
