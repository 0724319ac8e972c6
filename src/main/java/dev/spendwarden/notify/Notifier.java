package dev.spendwarden.notify;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One way of telling one receiver. Renders and sends once; never waits, retries, counts or logs.
/// Blocking; called on the receiver's own virtual thread, one call at a time. Sending the same
/// notification again must be harmless to a receiver that heeds its id.
public interface Notifier extends AutoCloseable {

  /// @param memory what this notifier last kept about the notification's alert
  DeliveryResult send(Notification notification, Optional<String> memory);

  /// Brings the last message about an alert up to date with what people have said of it since.
  /// Tried once; the next message shows the same. Called as [#send] is.
  ///
  /// @param newest the notification that the message shows
  /// @param memory what this notifier last kept about the alert
  /// @return what went wrong, in a few words; empty when nothing did
  default Optional<String> refresh(Notification newest, String memory) {
    return Optional.empty();
  }

  /// Whether a picture is to follow this notification once it is delivered.
  default boolean illustrates(Notification notification) {
    return false;
  }

  /// Sends the picture of a notification that was delivered. Tried once: no picture is no failure.
  /// Called beside [#send], on another thread, one call at a time.
  ///
  /// @return what went wrong, in a few words; empty when nothing did
  default Optional<String> illustrate(Notification notification, String memory) {
    return Optional.empty();
  }

  /// How often [#keepAlive] is to be called; empty: never.
  default Optional<Duration> keepsAliveEvery() {
    return Optional.empty();
  }

  /// Says again what still holds, to a receiver that forgets otherwise. Not a message to anybody.
  /// Called as [#send] is.
  ///
  /// @param firing the newest notification, delivered, of each alert that fires; some at a time
  default DeliveryResult keepAlive(List<Notification> firing) {
    return new DeliveryResult.Delivered(Optional.empty());
  }

  @Override
  default void close() {}
}
