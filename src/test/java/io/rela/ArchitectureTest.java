package io.rela;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import io.rela.testing.Folders;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPath(Folders.build().resolve("classes"));

    private static final Path SOURCES = Path.of("src/main/java/io/rela");
    private static final int MOST_FILES = 30;

    private record Layer(String name, List<String> packages) {
        Layer(String name, String... packages) {
            this(name, List.of(packages));
        }

        /** As patterns of ArchUnit. */
        String[] patterns() {
            return packages.stream().map(inside -> "io.rela." + inside + "..").toArray(String[]::new);
        }
    }

    /** From the top down: a layer may use those below it. Everybody may use {@code io.rela} itself. */
    private static final List<Layer> LAYERS = List.of(
            new Layer("command line", "cli"),
            new Layer("messages of failures", "failure"),
            new Layer(
                    "commands' work",
                    "convert",
                    "distill",
                    "inspect",
                    "report",
                    "prune",
                    "transport",
                    "probe",
                    "demo",
                    "ml"),
            new Layer("homes", "home", "manifest"),
            new Layer(
                    "steps and mathematics",
                    "embed",
                    "model",
                    "moments",
                    "projection",
                    "linear",
                    "loss",
                    "rank",
                    "select",
                    "cluster"),
            new Layer("tables", "table"),
            new Layer("pictures", "source", "image", "metrics"),
            new Layer("ground", "run", "storage"));

    @Test
    void layersLieOnEachOther() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        List<String> above = new ArrayList<>();
        for (Layer layer : LAYERS) {
            layers = layers.layer(layer.name()).definedBy(layer.patterns());
        }
        for (Layer layer : LAYERS) {
            layers = above.isEmpty()
                    ? layers.whereLayer(layer.name()).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(layer.name()).mayOnlyBeAccessedByLayers(above.toArray(String[]::new));
            above.add(layer.name());
        }
        layers.check(CLASSES);
    }

    /** What stands in no layer would be held to no rule. */
    @Test
    void everyPackageStandsInALayer() {
        Set<String> packages = CLASSES.getPackage("io.rela").getSubpackages().stream()
                .map(JavaPackage::getRelativeName)
                .collect(Collectors.toSet());
        assertThat(LAYERS.stream().flatMap(layer -> layer.packages().stream()))
                .containsExactlyInAnyOrderElementsOf(packages);
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        none("io.rela.cli..", "picocli..");
    }

    @Test
    void onlyTheModelKnowsDjl() {
        none("io.rela.model..", "ai.djl..");
    }

    @Test
    void picturesArePlainJava() {
        noClasses()
                .that()
                .resideInAPackage("io.rela.image..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..")
                .check(CLASSES);
    }

    /** Of Spark they take its hash, which users can compute in SQL. */
    @Test
    void ranksArePlainJava() {
        noClasses()
                .that()
                .resideInAPackage("io.rela.rank..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.spark.api..",
                        "org.apache.spark.rdd..",
                        "org.apache.spark.sql",
                        "org.apache.hadoop..",
                        "ai.djl..")
                .check(CLASSES);
    }

    @Test
    void theModelDoesNotKnowSpark() {
        noClasses()
                .that()
                .resideInAPackage("io.rela.model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.spark..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.rela.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyBelowTheCommandLineWritesToStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.rela.cli..")
                .should()
                .accessField(System.class, "err")
                .orShould()
                .accessField(System.class, "out")
                .check(CLASSES);
    }

    @Test
    void nobodyBelowTheCommandLineSpellsAnOption() throws IOException {
        Pattern literal = Pattern.compile("\"(?:\\\\.|[^\"\\\\\n])*\"");
        Set<String> options = Stream.of(Flag.class.getFields())
                .map(ArchitectureTest::constant)
                .collect(Collectors.toSet());
        List<String> spelled = new ArrayList<>();
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")
                            && !file.startsWith(SOURCES.resolve("cli"))
                            && !file.endsWith("Flag.java"))
                    .toList()) {
                literal.matcher(Files.readString(source))
                        .results()
                        .flatMap(found -> Pattern.compile("--[a-z0-9-]+")
                                .matcher(found.group())
                                .results())
                        .filter(found -> options.contains(found.group()))
                        .forEach(found -> spelled.add(source + ": " + found.group()));
            }
        }
        assertThat(options).contains("--home", "--policy");
        assertThat(spelled).isEmpty();
    }

    private static String constant(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPackageHasFewFilesAndSaysWhatLivesInIt() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        List<String> silent = new ArrayList<>();
        try (Stream<Path> packages = Files.walk(SOURCES).filter(Files::isDirectory)) {
            for (Path folder : packages.filter(each -> !each.equals(SOURCES)).toList()) {
                String name = SOURCES.relativize(folder).toString();
                try (Stream<Path> inside = Files.list(folder)) {
                    files.put(name, inside.filter(Files::isRegularFile).count());
                }
                if (!Files.exists(folder.resolve("package-info.java"))) {
                    silent.add(name);
                }
            }
        }
        assertThat(silent).isEmpty();
        assertThat(files)
                .isNotEmpty()
                .allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(MOST_FILES));
    }

    /** No compiler reads the links of a package's description. */
    @Test
    void linksOfPackageDescriptionsLeadToClasses() throws IOException {
        Pattern link = Pattern.compile("\\{@link\\s+([\\w.]+)");
        List<String> broken = new ArrayList<>();
        int links = 0;
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            for (Path source :
                    sources.filter(file -> file.endsWith("package-info.java")).toList()) {
                String text = Files.readString(source).replaceAll("\n \\* ?", " ");
                for (String name : link.matcher(text)
                        .results()
                        .map(found -> found.group(1))
                        .toList()) {
                    links++;
                    if (!CLASSES.contain(name)) {
                        broken.add(source + ": " + name);
                    }
                }
            }
        }
        assertThat(links).isPositive();
        assertThat(broken).isEmpty();
    }

    /** Nobody outside of {@code layer} uses {@code used}. */
    private static void none(String layer, String used) {
        noClasses()
                .that()
                .resideOutsideOfPackage(layer)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(used)
                .check(CLASSES);
    }
}
