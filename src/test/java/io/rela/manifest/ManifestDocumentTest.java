package io.rela.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The document of the manifest names every field that a record can have. */
class ManifestDocumentTest {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @Test
    void everyFieldIsNamed() throws IOException {
        String document = Files.readString(Path.of("src/site/markdown/tables.md"));
        String section = document.substring(document.indexOf("\n## manifest.json"), document.indexOf("\n## Reading"));
        Set<String> named = Pattern.compile("`([a-z0-9_]+)`")
                .matcher(section)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        Set<String> fields = new TreeSet<>();
        collect(MAPPER.constructType(Manifest.class), fields, new HashSet<>());
        assertThat(fields).contains("class_names", "max_rejects", "ratio_schedule", "losses_made", "ridge", "removed");
        assertThat(named).containsAll(fields);
    }

    private static void collect(JavaType type, Set<String> fields, Set<Class<?>> seen) {
        if (type.isContainerType()) {
            collect(type.getContentType(), fields, seen);
            return;
        }
        Class<?> raw = type.getRawClass();
        if (!raw.getName().startsWith("io.rela.") || raw.isEnum() || !seen.add(raw)) {
            return;
        }
        BeanDescription bean = MAPPER.getSerializationConfig().introspect(type);
        if (bean.findJsonValueAccessor() != null) {
            return;
        }
        if (raw.isSealed()) {
            for (Class<?> permitted : raw.getPermittedSubclasses()) {
                collect(MAPPER.constructType(permitted), fields, seen);
            }
        }
        for (BeanPropertyDefinition property : bean.findProperties()) {
            if (property.couldSerialize()) {
                fields.add(property.getName());
                collect(property.getPrimaryType(), fields, seen);
            }
        }
    }
}
