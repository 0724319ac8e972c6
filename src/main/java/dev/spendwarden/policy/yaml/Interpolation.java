package dev.spendwarden.policy.yaml;

/// Replaces references in the scalars of a file as they are read. Policies have none: their `${…}`
/// belongs to summaries.
@FunctionalInterface
public interface Interpolation {

  Interpolation NONE = text -> new Result(text, false, false, "", 0);

  Result apply(String text);

  /// @param text with its references replaced
  /// @param replaced whether there was any reference
  /// @param foreign whether a part of the text came from outside the file
  /// @param error what is wrong with a reference; empty when nothing is
  /// @param errorOffset where the wrong reference begins in the text as it was written
  record Result(String text, boolean replaced, boolean foreign, String error, int errorOffset) {}
}
