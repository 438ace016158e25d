package io.rela.cli.options;

import io.rela.Flag;
import picocli.CommandLine.Option;

/** The option of commands that can tell what they would do. */
public final class DryRunOption {
    @Option(
            names = Flag.DRY_RUN,
            description =
                    "tells the settings, the work and what would be done, and ends as the command would if it were"
                            + " refused; writes nothing and takes no lock")
    private boolean asked;

    /** Whether it was given. */
    public boolean isAsked() {
        return asked;
    }
}
