package io.rela.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/** JSON files as the home keeps them: snake case, indented, replaced as a whole or not at all. Safe for threads. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
            .build();

    private static final int TRIES = 3;

    private Json() {}

    /** The value as text. */
    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not to be written as JSON: " + value.getClass(), e);
        }
    }

    /** The value as text in one line. */
    public static String line(Object value) {
        return tree(value).toString();
    }

    /** The value as a tree. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Reads a file.
     *
     * @throws RelaException when it is damaged
     * @throws java.io.FileNotFoundException when there is none
     */
    public static <T> T read(FileSystem fs, Path file, TypeReference<T> type) throws IOException {
        return read(fs, file, MAPPER.constructType(type));
    }

    /** As the other one, of a generic type and its parameter. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // the two classes say what it is
    public static <T> T read(FileSystem fs, Path file, Class<?> generic, Class<?> parameter) throws IOException {
        return read(fs, file, MAPPER.getTypeFactory().constructParametricType(generic, parameter));
    }

    /** On an object store what is replaced while it is read is refused, or a part: its length was asked for before. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // the type says what it is
    private static <T> T read(FileSystem fs, Path file, JavaType type) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return readOnce(fs, file, type);
            } catch (PathIOException | RelaException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the type says what it is
    private static <T> T readOnce(FileSystem fs, Path file, JavaType type) throws IOException {
        byte[] content;
        try (InputStream in = TextFile.open(fs, file)) {
            // Jackson would make damage of storage that fails within a list.
            content = in.readAllBytes();
        }
        try {
            T value = MAPPER.readValue(content, type);
            if (value == null) {
                throw damaged(file, "it holds nothing", null);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage(), e);
        }
    }

    /**
     * Makes a value of a tree.
     *
     * @param file that the tree was read from
     * @throws RelaException when it is no such value
     */
    public static <T> T value(JsonNode tree, Class<T> type, Path file) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage(), e);
        }
    }

    public static RelaException damaged(Path file, String how, Exception cause) {
        return new RelaException(
                ExitCode.HOME, file + " is damaged: " + how + ". Restore it, or start a new home.", cause);
    }

    /** Writes the file so that a reader sees the old text or the new one, nothing between. */
    public static void replace(FileSystem fs, Path file, Object value) throws IOException {
        TextFile.replace(fs, file, text(value));
    }
}
