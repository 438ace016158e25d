package io.rela.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.Flag;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.schema.Type;

/** Lists one Parquet file row by row, without copying a picture. Runs in a task. */
final class ParquetListing {
    private static final String DEFAULT_IMAGE = "image";
    private static final String DEFAULT_LABEL = "label";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The columns asked for; a null label or id stands for the default. */
    record Columns(String image, String label, String id) implements Serializable {
        static Columns of(ParquetColumns asked) {
            return new Columns(
                    asked.image().orElse(DEFAULT_IMAGE),
                    asked.label().orElse(null),
                    asked.id().orElse(null));
        }
    }

    private final String uri;
    private final ParquetFile file;
    private final UnitListing.Output out;
    private final String[] picture;
    private final String[] label;
    private final String[] id;
    private final boolean labelIsText;
    private final boolean idWasAsked;
    private final List<String> labelNames;
    private final Set<String> classes = new TreeSet<>();
    private long row;
    private long withoutId;

    private ParquetListing(String uri, Columns columns, ParquetFile file, UnitListing.Output out) {
        this.uri = uri;
        this.file = file;
        this.out = out;
        this.picture = file.picturePath(columns.image());
        this.label = labelPath(columns);
        this.id = idPath(columns);
        this.labelIsText = label != null && ParquetFile.isText(file.column(label[0]));
        this.idWasAsked = columns.id() != null;
        this.labelNames = label == null ? List.of() : classLabelNames(label[0]);
    }

    static void list(String uri, Columns columns, Configuration configuration, UnitListing.Output out)
            throws IOException {
        try (ParquetFile file = new ParquetFile(uri, configuration)) {
            new ParquetListing(uri, columns, file, out).list();
        } catch (ParquetRuntimeException e) {
            throw ParquetFile.damaged(uri, e);
        }
    }

    private void list() throws IOException {
        List<String[]> paths = new ArrayList<>(List.<String[]>of(picture));
        if (label != null) {
            paths.add(label);
        }
        if (id != null) {
            paths.add(id);
        }
        file.project(paths);
        for (int group = 0; group < file.rowGroups().size(); group++) {
            long rows = file.rowGroups().get(group).getRowCount();
            if (rows > 0) {
                listRows(file.rowGroup(group), rows);
            }
        }
        classes.forEach(name -> out.note(UnitListing.Note.CLASS, name, 0));
        out.count(UnitListing.Note.BARE, withoutId);
    }

    private void listRows(ParquetFile.Cursors cursors, long rows) {
        ParquetFile.Cursor pictures = cursors.of(picture);
        ParquetFile.Cursor labels = label == null ? null : cursors.of(label);
        ParquetFile.Cursor ids = id == null ? null : cursors.of(id);
        for (long i = 0; i < rows; i++, row++) {
            listRow(pictures.length(), labels, ids == null ? null : ids.text());
            pictures.next();
            if (labels != null) {
                labels.next();
            }
            if (ids != null) {
                ids.next();
            }
        }
    }

    private void listRow(long length, ParquetFile.Cursor labels, String rowId) {
        if (rowId == null) {
            if (idWasAsked) {
                throw new SourceException("The id in row " + row + " of the Parquet file '" + uri
                        + "' is null: name another column with " + Flag.ID_COLUMN + ", or leave it out for FILE#ROW");
            }
            withoutId++;
        }
        Integer number = null;
        String name = null;
        if (labels != null && !labels.isNull()) {
            if (labelIsText) {
                name = labels.text();
                classes.add(name);
            } else {
                number = label(labels.whole());
                name = number != null && number >= 0 && number < labelNames.size() ? labelNames.get(number) : null;
            }
        }
        out.sample(rowId, uri + "#" + row, null, length, number, name);
    }

    private Integer label(long value) {
        // Hugging Face's ClassLabel writes -1 for a row without a label.
        if (value == -1 && !labelNames.isEmpty()) {
            return null;
        }
        if (value != (int) value) {
            throw new SourceException("The label " + value + " in row " + row + " of the Parquet file '" + uri
                    + "' is not an int: name another column with " + Flag.LABEL_COLUMN);
        }
        return (int) value;
    }

    private String[] labelPath(Columns columns) {
        boolean asked = columns.label() != null;
        String name = asked ? columns.label() : DEFAULT_LABEL;
        Type type = file.column(name);
        if (type == null) {
            if (asked) {
                throw missing(name, Flag.LABEL_COLUMN);
            }
            return null;
        }
        if (ParquetFile.isWhole(type) || ParquetFile.isText(type)) {
            return new String[] {name};
        }
        if (asked) {
            throw new SourceException(
                    "The column '" + name + "' of the Parquet file '" + uri + "' is " + ParquetFile.describe(type)
                            + ": labels must be int, long or string; name another with " + Flag.LABEL_COLUMN);
        }
        out.note(
                UnitListing.Note.REMARK,
                "The column '" + name + "' is " + ParquetFile.describe(type) + " and is not taken for labels",
                0);
        return null;
    }

    private String[] idPath(Columns columns) {
        if (columns.id() == null) {
            Type image = file.column(columns.image());
            boolean hasPath = ParquetFile.isStruct(image)
                    && image.asGroupType().containsField("path")
                    && ParquetFile.isText(image.asGroupType().getType("path"));
            return hasPath ? new String[] {columns.image(), "path"} : null;
        }
        Type type = file.column(columns.id());
        if (type == null) {
            throw missing(columns.id(), Flag.ID_COLUMN);
        }
        if (!ParquetFile.isText(type) && !ParquetFile.isWhole(type)) {
            throw new SourceException("The column '" + columns.id() + "' of the Parquet file '" + uri + "' is "
                    + ParquetFile.describe(type) + ": ids must be string, int or long; name another with "
                    + Flag.ID_COLUMN);
        }
        return new String[] {columns.id()};
    }

    private SourceException missing(String name, String option) {
        return new SourceException("The Parquet file '" + uri + "' has no column '" + name + "', only "
                + String.join(", ", file.columnNames()) + ": name another with " + option);
    }

    private List<String> classLabelNames(String column) {
        String metadata = file.metadata().get("huggingface");
        if (metadata == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try {
            JsonNode feature =
                    JSON.readTree(metadata).path("info").path("features").path(column);
            feature.path("names").forEach(name -> names.add(name.asText()));
        } catch (IOException e) {
            out.note(
                    UnitListing.Note.REMARK,
                    "The key 'huggingface' in the footer of '" + uri + "' is not JSON: labels have no names",
                    0);
        }
        return names;
    }
}
