package io.rela.cli.options;

import io.rela.Flag;
import io.rela.home.HomeRequest;
import io.rela.home.IfExists;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that change a dataset home. */
public final class HomeOptions {
    @Option(names = Flag.HOME, required = true, paramLabel = "URI", description = "the dataset home")
    String uri;

    @Option(names = Flag.IF_EXISTS, description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    IfExists ifExists = IfExists.ERROR;

    @Mixin
    LockOptions lock = new LockOptions();

    /** The dataset home; null where none was named. */
    public String uri() {
        return uri;
    }

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        lock.check(problems);
        Inputs.refuseSecret(problems, Flag.HOME, uri);
    }

    /** What they come to. */
    public HomeRequest request() {
        return lock.request(uri, ifExists);
    }
}
