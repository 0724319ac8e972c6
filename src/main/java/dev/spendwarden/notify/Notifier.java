package dev.spendwarden.notify;

import java.util.Optional;

/// One way of telling one receiver. Renders and sends once; never waits, retries, counts or logs.
/// Blocking; called on the receiver's own virtual thread, one call at a time. Sending the same
/// notification again must be harmless to a receiver that heeds its id.
public interface Notifier extends AutoCloseable {

  /// @param memory what this notifier last kept about the notification's alert
  DeliveryResult send(Notification notification, Optional<String> memory);

  @Override
  default void close() {}
}
