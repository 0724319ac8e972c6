package dev.spendwarden.notify;

import dev.spendwarden.alert.ReceiverHealth;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where notifications are kept until they are delivered, and for a time after. Implemented by
/// `store`; every method runs inside the caller's transaction, may block, and fails with an
/// unchecked exception when the database does.
public interface Outbox {

  /// Adds the notification; a group's after its members were told ([Groups#tell]). One with the
  /// same id that is already there stays as it is.
  void add(Notification notification);

  /// The next number of (policy, budget, receiver), counted for life: 1 for the first.
  long nextSequence(String policy, String budgetId, String receiver);

  /// The receiver's oldest pending notification none of whose budgets has an older pending one, due
  /// at or before `now`: per (budget, receiver) notifications leave in the order of their sequence.
  /// A group's notification stands in the lines of all budgets of its members.
  Optional<Notification> nextDue(String receiver, Instant now);

  /// When the receiver's next pending notification falls due.
  Optional<Instant> nextDueAt(String receiver);

  /// What is pending for the receiver and would fall due later than `latest` falls due then.
  void dueBy(String receiver, Instant latest);

  /// Records the outcome of an attempt: replaces state, attempts, lastError, nextAttemptAt and
  /// deliveredAt.
  void update(Notification notification);

  Optional<Notification> find(String id);

  /// What each receiver that was told of the alert was told last (by sequence), by a notification
  /// of its own or by a group's. Must know every receiver that was told as long as the alert is not
  /// resolved, however old and in whatever state the notification is.
  List<Told> toldOf(String alertId);

  /// When each receiver was last told of each of these alerts, or will be, where a change waits for
  /// it in a group that has a time: by alert and receiver. The same as [#toldOf] and
  /// [Groups#waitingOf] say, of many alerts at once.
  default Map<String, Map<String, Instant>> toldAt(Collection<String> alertIds) {
    var times = new HashMap<String, Map<String, Instant>>();
    for (String alertId : alertIds) {
      var last = new HashMap<String, Instant>();
      toldOf(alertId).forEach(told -> last.put(told.receiver(), told.at()));
      for (Member member : groups().waitingOf(alertId)) {
        groups()
            .find(member.groupId())
            .flatMap(Group::flushAt)
            .ifPresent(at -> last.put(member.receiver(), at));
      }
      if (!last.isEmpty()) {
        times.put(alertId, last);
      }
    }
    return times;
  }

  /// What waits, and what was told together.
  Groups groups();

  /// Newest first, for the API.
  List<Notification> page(int offset, int limit);

  /// Pending and dead notifications of each receiver.
  List<Counts> counts();

  /// How deliveries go, for each receiver with undelivered notifications or some [Trouble].
  List<ReceiverHealth> health();

  /// Remembers what attempts showed of a receiver, in place of what was remembered before: the
  /// notifications say when they were made, which in a long queue may be long before the first
  /// attempt at one of them failed.
  void putTrouble(Trouble trouble);

  /// What a notifier keeps about an alert between messages (Slack: channel and ts of the message to
  /// edit).
  Optional<String> memory(String receiver, String alertId);

  void putMemory(String receiver, String alertId, String value);

  record Counts(String receiver, long pending, long dead) {}

  /// @param failingSince when the first of the present row of failed attempts was made; empty: the
  ///   last one worked, or there was none
  /// @param disabled whether the receiver said that it is gone
  record Trouble(String receiver, Optional<Instant> failingSince, boolean disabled) {

    public boolean isOver() {
      return failingSince.isEmpty() && !disabled;
    }
  }
}
