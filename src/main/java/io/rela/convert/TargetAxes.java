package io.rela.convert;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.home.DatasetHome;
import io.rela.home.FinishedHome;
import io.rela.manifest.ConversionSettings.ConsensusSettings;
import io.rela.manifest.ConversionSettings.ProjectionSettings;
import io.rela.projection.Dimensions;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * How targets are to be made of features: what was asked for, with the home whose axes are shared. Immutable.
 *
 * @param asked the request
 * @param other home of a consensus; else empty
 */
record TargetAxes(ConvertRequest.Axes asked, Optional<FinishedHome> other) {
    private static final int USUAL_RANDOM = 512;

    /** What was found to teach well where axes are shared. */
    private static final int USUAL_SHARED = 64;

    /**
     * Looks at the other home, if one was named.
     *
     * @param home that targets are made for
     * @throws RelaException when it is no other home, unfinished or damaged
     */
    static TargetAxes open(ConvertRequest.Axes asked, DatasetHome home, Configuration conf) {
        Optional<FinishedHome> other = asked.consensus().map(uri -> FinishedHome.open(Flag.CONSENSUS, uri, conf));
        if (other.filter(named -> named.home().root().equals(home.root())).isPresent()) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    Flag.CONSENSUS + " " + home.root() + " is " + Flag.HOME
                            + " itself. Name a home of the same pictures" + " by another prior.");
        }
        return new TargetAxes(asked, other);
    }

    /**
     * The settings of a prior.
     *
     * @param given how many values it gives
     * @throws RelaException when more are asked for
     */
    ProjectionSettings settings(int given) {
        return settings(dimensions(given));
    }

    /** The settings as they are asked for; what the request leaves open is as it was. */
    ProjectionSettings expected(ProjectionSettings was) {
        return settings(asked.dimensions().orElse(was.dimensions()));
    }

    private ProjectionSettings settings(Dimensions dimensions) {
        return new ProjectionSettings(
                asked.kind(),
                dimensions,
                asked.scale(),
                asked.seed(),
                other.map(named -> new ConsensusSettings(
                                named.conversion().prior().sha256(),
                                named.conversion().featuresMade()))
                        .orElse(null));
    }

    private Dimensions dimensions(int given) {
        return switch (asked.kind()) {
            case NONE -> new Dimensions.Count(given);
            case PCA -> dimensions(Dimensions.auto(), given, "The prior gives " + given + " values");
            case RANDOM -> dimensions(upTo(USUAL_RANDOM, given), given, "The prior gives " + given + " values");
            case CONSENSUS -> {
                int theirs = other.orElseThrow().conversion().prior().outputDimension();
                int most = Math.min(given, theirs);
                yield dimensions(
                        upTo(USUAL_SHARED, most), most, "The priors give " + given + " and " + theirs + " values");
            }
        };
    }

    private static Dimensions upTo(int usual, int most) {
        return new Dimensions.Count(Math.min(usual, most));
    }

    private Dimensions dimensions(Dimensions usual, int most, String given) {
        Dimensions wanted = asked.dimensions().orElse(usual);
        if (wanted.number().orElse(0) > most) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    given + ", " + Flag.DIMENSIONS + " asks for " + wanted + ": ask for " + most + " or less.");
        }
        return wanted;
    }
}
