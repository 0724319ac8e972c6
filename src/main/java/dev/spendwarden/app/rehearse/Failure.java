package dev.spendwarden.app.rehearse;

import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import java.util.List;

/// An expectation that was not met.
///
/// @param differences each thing that was expected otherwise
/// @param explanation of the budget it is about, in lines for people; empty when there is none
public record Failure(
    Expectation expectation, List<Difference> differences, List<String> explanation) {

  public Failure {
    differences = List.copyOf(differences);
    explanation = List.copyOf(explanation);
  }

  /// @param what the key in the test file
  public record Difference(String what, String expected, String found) {}
}
