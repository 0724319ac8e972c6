package dev.spendwarden.simulation;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Member;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// One receiver is told of one alert: by a message of its own, or by one of a group's.
///
/// @param sequence as the alert's budget counts
/// @param severity that was told
/// @param at the time of the event, as it was told
/// @param waited whether it waited in a group
record Telling(
    Notification message,
    String alertId,
    String budgetId,
    String type,
    long sequence,
    Severity severity,
    Instant at,
    boolean waited) {

  /// What a message tells, read off what its receiver reads, or off what the outbox says of its
  /// members.
  static List<Telling> in(Notification message, Outbox outbox, boolean waited) {
    return message
        .alertId()
        .map(alertId -> List.of(alone(message, alertId, said(message, alertId, outbox), waited)))
        .orElseGet(() ->
            outbox.groups().membersOf(message.id(), Integer.MAX_VALUE).stream()
                .map(told -> together(message, told, waited))
                .toList());
  }

  /// The outbox in memory has read most bodies once, which takes long.
  private static Told said(Notification message, String alertId, Outbox outbox) {
    return outbox.toldOf(alertId).stream()
        .filter(told -> told.notificationId().equals(message.id()))
        .findFirst()
        .orElseGet(() -> Told.of(message));
  }

  private static Telling alone(Notification message, String alertId, Told told, boolean waited) {
    String severity = told.said().object("alert").text("severity").orElseThrow();
    return new Telling(
        message,
        alertId,
        message.budgetId().orElseThrow(),
        message.type(),
        message.sequence(),
        Severity.valueOf(severity.toUpperCase(Locale.ROOT)),
        told.at(),
        waited);
  }

  private static Telling together(Notification message, Groups.ToldMember told, boolean waited) {
    Member member = told.member();
    return new Telling(
        message,
        member.alertId(),
        member.budgetId(),
        member.kind().type(),
        told.sequence(),
        member.severity(),
        member.at(),
        waited);
  }

  String receiver() {
    return message.receiver();
  }

  boolean is(Transition.Kind kind) {
    return type.equals(kind.type());
  }

  /// Whether it says that the alert is over.
  boolean isEnd() {
    return is(Transition.Kind.RESOLVED) || is(Transition.Kind.LATE);
  }
}
