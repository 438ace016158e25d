package io.rela;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.rela", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyThePriorKnowsDjl = noClasses()
            .that()
            .resideOutsideOfPackage("io.rela.prior..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule picturesAndSettingsArePlainJava = noClasses()
            .that()
            .resideInAnyPackage("io.rela.image..", "io.rela.settings..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..");

    @ArchTest
    static final ArchRule theModelDoesNotKnowSpark = noClasses()
            .that()
            .resideInAPackage("io.rela.prior..")
            .and()
            .haveSimpleNameNotEndingWith("Transformer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.spark..");

    @ArchTest
    static final ArchRule commandsAreTheOutermostLayer = noClasses()
            .that()
            .resideOutsideOfPackage("io.rela.app..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rela.app..");

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("io.rela.(*)..").should().beFreeOfCycles();
}
