package io.rela;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.rela");

    @Test
    void onlyThePriorKnowsDjl() {
        none("io.rela.prior..", "ai.djl..");
    }

    @Test
    void picturesAndSettingsArePlainJava() {
        for (String layer : new String[] {"io.rela.image..", "io.rela.settings.."}) {
            noClasses()
                    .that()
                    .resideInAPackage(layer)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..")
                    .check(CLASSES);
        }
    }

    @Test
    void theModelDoesNotKnowSpark() {
        noClasses()
                .that()
                .resideInAPackage("io.rela.prior..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.spark..")
                .check(CLASSES);
    }

    @Test
    void commandsAreTheOutermostLayer() {
        none("io.rela.app..", "io.rela.app..");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.rela.(*)..").should().beFreeOfCycles().check(CLASSES);
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
