package dev.spendwarden.notify;

import java.time.Duration;
import java.util.Optional;

/// Hears what deliveries come to, for metrics and logs. Called on the receiver's own thread, after
/// the outcome is durable; must not block or throw.
public interface DeliveryListener {

  /// Hears and does nothing.
  DeliveryListener NONE = new DeliveryListener() {};

  /// One attempt has ended.
  default void attempted(String receiver, DeliveryResult result) {}

  /// After one attempt or several nothing is to be sent for now.
  default void rested(String receiver) {}

  /// @param delay from the notification's creation
  default void delivered(String receiver, Duration delay) {}

  /// Given up: a dead letter.
  default void dead(String receiver) {}

  /// The receiver answered that it is gone: nothing is sent to it until it is configured anew.
  default void disabled(String receiver) {}

  /// A notifier threw, which it must not: a bug or a broken environment (a secret file that cannot
  /// be read). The attempt counts as one to be retried.
  default void crashed(String receiver, RuntimeException cause) {}

  /// Something beside the deliveries went wrong or well: a picture, an edit, a keep-alive. Nothing
  /// is repeated for it. May be called from several threads.
  ///
  /// @param what one word for it
  /// @param problem in a few words; empty: it went well
  default void upkeep(String receiver, String what, Optional<String> problem) {}
}
