package io.rela.manifest;

import io.rela.embed.EmbedRequest;
import io.rela.source.Missing;

/**
 * How a model was run, where that does not decide what came of it. Immutable.
 *
 * @param device that was asked for: auto, cpu or gpu
 * @param missing what became of pictures that were gone: fail or reject
 * @param maxRejects share of the samples that were allowed to come to nothing
 * @param batchSizeAsked {@code auto}, a number, or {@code default}
 */
public record MannerInfo(String device, Missing missing, double maxRejects, String batchSizeAsked) {
    /** How a request asks for it. */
    public static MannerInfo of(EmbedRequest asked) {
        return new MannerInfo(asked.device().toString(), asked.missing(), asked.maxRejects(), asked.batchSizeAsked());
    }
}
