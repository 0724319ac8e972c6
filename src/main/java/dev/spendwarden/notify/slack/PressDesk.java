package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.Notification;
import java.time.Duration;
import java.util.Optional;

/// Who does what a button asks for. Blocking, thread-safe. Doing the same again is harmless: the
/// answer then says how it stands.
public interface PressDesk {

  /// @param done whether it was done now
  /// @param text what was done, or why it was not: for people, may hold foreign text
  record Answer(boolean done, String text) {}

  Answer acknowledge(String alertId, String who);

  Answer silence(String alertId, Duration lasting, String who);

  Answer approve(String actionId, String who);

  Answer reject(String actionId, String who);

  /// What a message shows; empty when it is no longer kept.
  Optional<Notification> notification(String id);
}
