package dev.spendwarden.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

/// How long a comparison takes must not tell how much of a token was right. Time cannot be judged
/// in a build; what is called can.
class TokenComparisonTest {

  @Test
  void tokensAreComparedInConstantTimeAndByNothingElse() {
    var classes = new ClassFileImporter().importClasses(BearerGuard.class);
    JavaClass guard = classes.get(BearerGuard.class);
    assertThat(guard.getMethodCallsFromSelf())
        .anyMatch(call ->
            call.getTargetOwner().isEquivalentTo(MessageDigest.class)
                && call.getName().equals("isEqual"));
    noClasses()
        .should()
        .callMethod(String.class, "equals", Object.class)
        .orShould()
        .callMethod(String.class, "compareTo", String.class)
        .check(classes);
  }
}
