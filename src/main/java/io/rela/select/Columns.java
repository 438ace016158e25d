package io.rela.select;

import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.Locale;

/** Which columns a subset has. */
public enum Columns {
    /** The index, loss and weight. */
    INDEX,
    /** The columns of targets, loss and weight. */
    TARGETS,
    /** The columns of targets with the encoded picture, loss and weight. */
    IMAGES;

    /** The subset's table. */
    public TableSchema schema() {
        return switch (this) {
            case INDEX -> Tables.SUBSET_INDEX;
            case TARGETS -> Tables.SUBSET;
            case IMAGES -> Tables.SUBSET_WITH_IMAGES;
        };
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The label, so that the command line takes and shows it. */
    @Override
    public String toString() {
        return label();
    }
}
