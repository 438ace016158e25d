package io.rela.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.source.Sample;
import java.io.Serializable;

/**
 * One picture of a strip. Immutable; the bytes are not copied.
 *
 * @param index of the sample
 * @param id of the sample
 * @param labelName its class; null without one
 * @param loss its newest; null where it has none, or none is shown
 * @param reason why it was rejected; null where it was not
 * @param unseen why the picture is not shown; null where it is
 * @param jpeg the picture, small; null where it is not shown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Tile(
        long index,
        String id,
        String labelName,
        Float loss,
        String reason,
        String unseen,
        @JsonIgnore byte[] jpeg) implements Serializable {

    /** A sample whose picture is shown. */
    static Tile shown(Sample sample, byte[] jpeg) {
        return new Tile(sample.index(), sample.id(), sample.labelName(), null, null, null, jpeg);
    }

    /** A sample whose picture is not shown. */
    static Tile unseen(Sample sample, String why) {
        return new Tile(sample.index(), sample.id(), sample.labelName(), null, null, why, null);
    }

    /** The same with its loss. */
    Tile with(Float itsLoss) {
        return new Tile(index, id, labelName, itsLoss, reason, unseen, jpeg);
    }

    /** The same with why it was rejected. */
    Tile rejected(String why) {
        return new Tile(index, id, labelName, loss, why, unseen, jpeg);
    }
}
