package io.rela.select;

import io.rela.table.TableSchema;
import io.rela.table.Tables;
import java.util.Locale;

/** Which columns a subset has. */
public enum Columns {
    /** The index, loss and weight. */
    INDEX(Tables.SUBSET_INDEX),
    /** The columns of targets, loss and weight. */
    TARGETS(Tables.SUBSET),
    /** The columns of targets with the encoded picture, loss and weight. */
    IMAGES(Tables.SUBSET_WITH_IMAGES);

    private final TableSchema schema;

    Columns(TableSchema schema) {
        this.schema = schema;
    }

    /** The subset's table. */
    public TableSchema schema() {
        return schema;
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
