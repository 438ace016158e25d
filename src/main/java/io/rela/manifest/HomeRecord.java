package io.rela.manifest;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.rela.run.Figures;

/** What one command did to a dataset home: one entry of {@code manifest.json}. Immutable. */
@JsonTypeInfo(
        use = JsonTypeInfo.Id.NAME,
        include = JsonTypeInfo.As.EXISTING_PROPERTY,
        property = "command",
        visible = true)
@JsonSubTypes({
    @JsonSubTypes.Type(value = ConversionRecord.class, name = ConversionRecord.COMMAND),
    @JsonSubTypes.Type(
            value = EpochRecord.class,
            names = {"distill", "score", "select"}),
    @JsonSubTypes.Type(value = PruneRecord.class, name = PruneRecord.COMMAND)
})
public sealed interface HomeRecord extends Figures permits ConversionRecord, EpochRecord, PruneRecord {
    /** Name of the command. */
    String command();

    /** When and with what it ran. */
    RunInfo run();
}
