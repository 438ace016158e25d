package io.rela.cli.options;

import io.rela.Flag;
import io.rela.embed.EmbedRequest;
import io.rela.model.ModelRequest;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that name a learner, and say how it is run. */
public final class LearnerOptions {
    @Option(
            names = Flag.LEARNER,
            paramLabel = "URI",
            description = "TorchScript file, model directory, or builtin:learner-early, -middle, -late, -late-logits")
    String uri;

    @Option(
            names = Flag.LEARNER_SHA256,
            paramLabel = "HEX",
            description = "of the .pt file of the learner that is run: refuses any other; TorchScript is code")
    String sha256;

    @Option(
            names = Flag.ALLOW_UNSTABLE_PRIOR,
            description = "goes on with a learner whose output depends on chance or on the other pictures of a batch")
    boolean allowUnstable;

    @Mixin
    ViewOptions view = new ViewOptions();

    @Mixin
    EmbedOptions embed = new EmbedOptions();

    /** Notes what is wrong with them. */
    public void check(Problems problems) {
        Inputs.checkModel(problems, Flag.LEARNER, uri);
        problems.sha256(Flag.LEARNER_SHA256, sha256);
        view.check(problems);
        embed.check(problems);
    }

    /** Whether a learner was named. */
    public boolean isGiven() {
        return uri != null;
    }

    /** Whether its file was pinned by a hash. */
    public boolean isPinned() {
        return sha256 != null;
    }

    /** The learner. */
    public ModelRequest model() {
        return new ModelRequest(
                Flag.LEARNER, uri, view.overrides(), Optional.ofNullable(sha256), embed.precision(), allowUnstable);
    }

    /** How it is run. */
    public EmbedRequest embed(Integer partitions) {
        return embed.request(null, partitions);
    }
}
