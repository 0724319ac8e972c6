package dev.spendwarden.simulation;

/// The process ends here and now: what only its memory held is lost. An error, so that nothing that
/// is made to survive exceptions survives it.
final class Crash extends Error {

  private static final long serialVersionUID = 1;

  Crash(String where) {
    super(where, null, false, false);
  }
}
