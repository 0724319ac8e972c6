package dev.spendwarden.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Dependencies point one way, and the core that decides knows no I/O, no thread and no clock.
@AnalyzeClasses(packages = "dev.spendwarden", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.spendwarden.";
  private static final String[] CORE = {
    ROOT + "charge", ROOT + "ledger", ROOT + "burn", ROOT + "policy", ROOT + "alert"
  };

  @ArchTest
  static final ArchRule theCoreIsPure =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..",
              "java.sql..",
              "javax.sql..",
              "com.fasterxml.jackson..",
              "io.micrometer..",
              "io.prometheus..",
              "dev.cel..",
              "org.snakeyaml..",
              "org.slf4j..",
              "java.io..",
              "java.net..",
              "java.nio.file..",
              "java.util.concurrent..");

  @ArchTest
  static final ArchRule theCoreReadsNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.time\\.(Clock|InstantSource)|java\\.lang\\.Thread|java\\.util\\.Timer");

  @ArchTest
  static final ArchRule theCoreNeverAsksForNow =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDate.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest static final ArchRule chargeKnowsNobody = only("charge");

  @ArchTest static final ArchRule ledgerKnowsCharges = only("ledger", "charge");

  @ArchTest static final ArchRule burnKnowsTheLedger = only("burn", "ledger", "charge");

  @ArchTest
  static final ArchRule policyKnowsBurnAndLedger =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "policy")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others("policy", "burn", "ledger", "charge"));

  @ArchTest
  static final ArchRule alertKnowsPolicy = only("alert", "policy", "burn", "ledger", "charge");

  @ArchTest
  static final ArchRule edgesNeverKnowEachOther =
      slices()
          .matching(ROOT + "(sources|notify|enforce).(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              com.tngtech.archunit.base.DescribedPredicate.alwaysTrue(),
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                  ROOT + "sources.http..", ROOT + "sources.json.."));

  @ArchTest
  static final ArchRule onlyTheAppKnowsTheStoresInside =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "store..", ROOT + "app..", ROOT + "cli..", ROOT + "web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "store..");

  @ArchTest
  static final ArchRule sqlIsFoundInTheStoreOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.jdbi..", "org.sqlite..", "org.flywaydb..");

  @ArchTest
  static final ArchRule nobodyKnowsTheCommandsButTheCommands =
      classes()
          .that()
          .resideInAPackage(ROOT + "cli..")
          .should()
          .onlyBeAccessed()
          .byAnyPackage(ROOT + "cli..");

  private static ArchRule only(String owner, String... known) {
    String[] all = new String[known.length + 1];
    all[0] = owner;
    System.arraycopy(known, 0, all, 1, known.length);
    return noClasses()
        .that()
        .resideInAPackage(ROOT + owner)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others(all));
  }

  /// Every package of ours but those named.
  private static String[] others(String... named) {
    var packages =
        new java.util.ArrayList<>(
            java.util.List.of(
                "charge", "ledger", "burn", "policy", "alert", "notify", "enforce", "sources",
                "store", "metrics", "web", "cli", "app", "sandbox"));
    packages.removeAll(java.util.List.of(named));
    return packages.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
  }
}
