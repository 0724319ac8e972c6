package dev.spendwarden.notify;

import java.time.Instant;
import java.util.Optional;

/// What people have said of an alert by now. It is not part of a notification, whose body is
/// frozen; messages that can be edited show it beside the body. Any thread may ask; never blocks.
@FunctionalInterface
public interface AlertNotes {

  AlertNotes NONE = notification -> Note.NONE;

  /// About the alert of a notification; [Note#NONE] for one without.
  Note of(Notification notification);

  /// @param ackedBy who looks after it
  /// @param quietUntil until when nobody is told, where somebody silenced it
  record Note(Optional<String> ackedBy, Optional<Instant> quietUntil) {
    public static final Note NONE = new Note(Optional.empty(), Optional.empty());
  }
}
