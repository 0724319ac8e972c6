package dev.spendwarden.simulation;

/// A mistake planted on purpose, to see that it is caught.
enum Fault {
  NONE,
  /// A notification leaves while the transaction it belongs to is still open.
  SEND_BEFORE_COMMIT,
  /// A poll that failed is taken for a complete reading of nothing.
  ERROR_READ_AS_ZERO,
  /// A process that lost its term may still write.
  FORGOTTEN_TERM_CHECK,
  /// Groups are told whatever the hours of their route.
  DEAF_TO_MUTE_HOURS,
  /// What was due and could not be told yet is no longer remembered.
  FORGETFUL_FLUSH
}
