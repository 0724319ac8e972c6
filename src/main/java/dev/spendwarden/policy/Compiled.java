package dev.spendwarden.policy;

/// What came of compiling an expression.
public sealed interface Compiled {

  record Ok(Condition condition) implements Compiled {}

  /// @param message for people, without a place
  /// @param column where in the expression, from 1; 0 when that is not known
  record Failed(String message, int column) implements Compiled {}
}
