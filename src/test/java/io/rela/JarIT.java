package io.rela;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rela.run.Versions;
import io.rela.testing.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code mvn package} leaves in {@code target}: the thin jar, the one that carries its libraries, the embedded Spark. */
@Tag("spark4")
class JarIT {
    private static final Path TARGET = Folders.build();
    private static final List<String> OURS_OR_NATIVE =
            List.of("io/rela/", "ai/djl/", "com/sun/jna/", "org/bytedeco/", "com/google/errorprone/annotations/");

    @Test
    void theThinJarHoldsOurClassesAlone() throws IOException {
        List<Path> thin;
        try (Stream<Path> files = Files.list(TARGET)) {
            thin = files.filter(file -> file.getFileName().toString().matches("rela-convert-[0-9.]+\\.jar"))
                    .toList();
        }
        assertThat(thin).hasSize(1);
        assertThat(Files.size(thin.get(0))).isLessThan(8 << 20);
        assertThat(classes(thin.get(0))).allMatch(name -> name.startsWith("io/rela/"));
    }

    @Test
    void whatTheJarCarriesCannotMeetSparksOwn() throws IOException {
        assertThat(classes(jar()))
                .contains("io/rela/shaded/picocli/CommandLine.class", "ai/djl/engine/Engine.class")
                .allMatch(name -> OURS_OR_NATIVE.stream().anyMatch(name::startsWith));
    }

    @Test
    void everyLibraryThatTheJarCarriesIsNamedWithItsLicence() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License", "END OF TERMS AND CONDITIONS");
            assertThat(text(jar, "META-INF/NOTICE")).startsWith("rela-convert");
            String named = text(jar, "META-INF/THIRD-PARTY.txt");
            List<String> carried = carried();
            assertThat(carried).hasSizeGreaterThan(10).allSatisfy(library -> assertThat(named)
                    .contains(library));
        }
    }

    @Test
    void theBillOfMaterialsNamesWhatTheJarCarriesAndNothingElse() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            JsonNode bill = new ObjectMapper().readTree(text(jar, "META-INF/sbom/rela-convert.cdx.json"));
            assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
            Set<String> named = new TreeSet<>();
            bill.path("components")
                    .forEach(library -> named.add(library.path("group").asText() + ":"
                            + library.path("name").asText() + " "
                            + library.path("version").asText()));
            assertThat(named).isEqualTo(new TreeSet<>(carried()));
        }
    }

    @Test
    void theEmbeddedSparkHasNoJarThatAStockOneHasNot() throws IOException {
        Set<String> stock;
        try (InputStream in = JarIT.class.getResourceAsStream(
                "/spark" + Versions.built("spark").charAt(0) + "-jars.txt")) {
            stock = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toSet());
        }
        try (Stream<Path> jars = Files.list(TARGET.resolve("spark/jars"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .as("mvn clean, if these are left from another version")
                    .hasSizeGreaterThan(100)
                    .isSubsetOf(stock);
        }
    }

    /** {@code group:artifact version} of each runtime dependency, out of {@code group:artifact:jar[:classifier]:version:scope}. */
    private static List<String> carried() throws IOException {
        return Files.readAllLines(TARGET.resolve("carried.txt")).stream()
                .map(line -> line.strip().split(" ", 2)[0].split(":", -1))
                .filter(parts -> parts.length >= 5)
                .map(parts -> parts[0] + ":" + parts[1] + " " + parts[parts.length - 2])
                .toList();
    }

    private static Path jar() {
        return Path.of("target", Versions.built("jar"));
    }

    private static List<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", ""))
                    .toList();
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
