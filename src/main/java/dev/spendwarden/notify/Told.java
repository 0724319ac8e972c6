package dev.spendwarden.notify;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.policy.Severity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a receiver was last told of an alert, alone or in a group's message.
///
/// @param sequence of that message, as this budget counts
/// @param at when it was told, for the rhythm of repeats: the time of the event, so that the
///   moments of storing and sending do not shift it
/// @param said `alert`, `budget` and `top` as they stood in it
/// @param notificationId of that message
public record Told(String receiver, long sequence, Instant at, Body said, String notificationId) {

  /// By a notification of its own.
  public static Told of(Notification notification) {
    Body body = Body.of(notification);
    Instant at = timeOf(body, notification.createdAt());
    return new Told(notification.receiver(), notification.sequence(), at, body, notification.id());
  }

  /// [#at] of a notification of its own.
  public static Instant timeOf(String body, Instant createdAt) {
    return Body.parse(body).map(said -> timeOf(said, createdAt)).orElse(createdAt);
  }

  private static Instant timeOf(Body said, Instant createdAt) {
    return said.text("time").map(Instant::parse).orElse(createdAt);
  }

  /// In a group's message.
  ///
  /// @param part see [Member#part]
  public static Told of(
      String receiver, long sequence, Instant at, String part, String notificationId) {
    Body said =
        Body.parse(part)
            .orElseThrow(
                () -> new IllegalArgumentException("a part told to " + receiver + " is no JSON"));
    return new Told(receiver, sequence, at, said, notificationId);
  }

  /// The severity that was told; empty where an older version did not say.
  Optional<Severity> severity() {
    return said.object("alert")
        .text("severity")
        .flatMap(word ->
            Arrays.stream(Severity.values()).filter(s -> s.word().equals(word)).findFirst());
  }

  /// What the top contributors had spent; nothing where nothing was told.
  static Map<Dimensions, BigDecimal> topOf(@Nullable Told last) {
    if (last == null) {
      return Map.of();
    }
    var top = new HashMap<Dimensions, BigDecimal>();
    for (Body part : last.said.objects("top")) {
      part.text("spent")
          .ifPresent(spent -> top.put(dimensions(part.object("labels")), new BigDecimal(spent)));
    }
    return top;
  }

  private static Dimensions dimensions(Body labels) {
    Dimensions dimensions = Dimensions.NONE;
    for (var label : labels.asTexts().entrySet()) {
      Optional<Dimension> dimension = Dimension.parse(label.getKey());
      if (dimension.isPresent()) {
        dimensions = dimensions.with(dimension.get(), label.getValue());
      }
    }
    return dimensions;
  }
}
