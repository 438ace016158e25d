package io.rela.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.table.Json;
import java.io.File;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** The manifest that programs in other languages are tested with: whoever changes a record's JSON breaks them here. */
class ManifestFileTest {
    private static final String FILE = "src/test/resources/manifest/manifest.json";

    @Test
    void isWrittenAsItIsRead() throws IOException {
        Manifest manifest = Json.read(
                FileSystem.getLocal(new Configuration()).getRaw(), new Path(FILE), new TypeReference<Manifest>() {});
        JsonNode file = new ObjectMapper().readTree(new File(FILE));
        assertThat(manifest.records()).hasSize(2);
        assertThat(new ObjectMapper().readTree(Json.text(manifest))).isEqualTo(file);
    }
}
