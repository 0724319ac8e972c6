package dev.spendwarden.notify;

import java.util.Optional;

/// Draws how a budget of a notification burns down, from what is known now: the body of a
/// notification is frozen and holds no days. May block for a few seconds, on any thread but an
/// event loop; never throws. No picture is no failure.
@FunctionalInterface
public interface BudgetPictures {

  BudgetPictures NONE = notification -> Optional.empty();

  /// Empty where there is nothing to draw, or nothing can be drawn.
  Optional<Picture> of(Notification notification);

  /// @param png the bytes of the picture; not copied: nobody changes them
  /// @param title for people, may hold foreign text
  /// @param description what it shows, for those who do not see it
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Picture(byte[] png, String title, String description) {}
}
