package dev.spendwarden.policy;

import dev.spendwarden.ledger.Selection;
import java.util.List;

/// Turns a rule's `when` into something that can be tested, and checks what its `summary` computes.
/// Pure and thread-safe; never throws for what a person may have written.
public interface ConditionCompiler {

  /// @param kind decides which names the expression may use
  Compiled compile(String expression, Selection.Kind kind);

  /// What is wrong with the expressions in `${…}` of a summary, each with its column within the
  /// summary; empty when nothing is.
  List<Compiled.Failed> flawsOfSummary(String summary, Selection.Kind kind);

  sealed interface Compiled {

    record Ok(Condition condition) implements Compiled {}

    /// @param message one line for people, with a suggestion where there is one
    /// @param column of the trouble within the expression, in characters from 1
    record Failed(String message, int column) implements Compiled {}
  }
}
