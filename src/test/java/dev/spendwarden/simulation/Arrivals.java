package dev.spendwarden.simulation;

import dev.spendwarden.notify.Notification;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What is guaranteed of the messages that reach receivers: stored before they leave, one body for
/// one id, no more often than there is an excuse for, in order.
final class Arrivals {

  private final Committed committed;
  private final Map<String, Long> arrivedSequences = new HashMap<>();
  private final Map<String, String> bodies = new HashMap<>();
  private final Map<String, Integer> arrivals = new HashMap<>();
  private final Set<String> revived = new HashSet<>();

  Arrivals(Committed committed) {
    this.committed = committed;
  }

  /// Somebody tries a dead letter again, whatever has been delivered since.
  void revived(String notificationId) {
    revived.add(notificationId);
  }

  /// A message has reached a receiver.
  void arrived(Peer peer, Notification sent) {
    Notification stored =
        committed
            .notification(sent.id())
            .orElseThrow(() ->
                new Broken(
                    Guarantee.DURABLE_BEFORE_SENT,
                    sent.type() + " " + sent.id() + " arrived and is not stored"));
    String first = bodies.putIfAbsent(sent.id(), sent.body());
    Invariants.require(
        (first == null || first.equals(sent.body())) && stored.body().equals(sent.body()),
        Guarantee.SAME_ID_SAME_BODY,
        () -> sent.id() + " came with " + first + " and with " + sent.body());
    int times = arrivals.merge(sent.id(), 1, Integer::sum);
    int allowed = 1 + peer.excusesFor(sent.id());
    Invariants.require(
        times <= allowed,
        Guarantee.FEW_DUPLICATES,
        () -> sent.id() + " came " + times + " times to " + peer.name() + ", at most " + allowed);
    inOrder(peer, sent);
  }

  private void inOrder(Peer peer, Notification sent) {
    if (revived.contains(sent.id())) {
      return;
    }
    committed.lines(sent).forEach((budget, sequence) -> inOrder(peer, budget, sequence));
  }

  private void inOrder(Peer peer, String budget, long sequence) {
    String line = budget + " " + peer.name();
    long last = arrivedSequences.getOrDefault(line, 0L);
    Invariants.require(
        sequence >= last,
        Guarantee.IN_ORDER,
        () -> "sequence " + sequence + " came after " + last + " at " + line);
    arrivedSequences.put(line, sequence);
    Invariants.require(
        committed.undelivered(peer.name()).stream()
            .noneMatch(older ->
                older.state() == Notification.State.PENDING
                    && committed.sequenceAt(older, budget) < sequence),
        Guarantee.IN_ORDER,
        () -> "sequence " + sequence + " overtook a pending one at " + line);
  }

  /// How many messages arrived, and how many of them again.
  int[] count() {
    int all = arrivals.values().stream().mapToInt(Integer::intValue).sum();
    return new int[] {all, all - arrivals.size()};
  }
}
