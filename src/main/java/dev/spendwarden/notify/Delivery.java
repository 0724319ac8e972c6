package dev.spendwarden.notify;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Delivers one receiver's notifications, one attempt a [#step()]. Owned by one thread, so that one
/// request at most is in flight for a receiver.
///
/// An attempt sends outside any transaction and then records its outcome in one: `attempts` is
/// counted with the outcome. A crash between the two repeats that one attempt (with the same id and
/// body) and loses the count of it: at most one duplicate for each receiver. What is to be sent
/// next is looked for in that same transaction.
///
/// Receivers that take only so many messages a time (Slack: one a second) are given their pace: the
/// next attempt waits for it whatever the last one came to.
///
/// When a receiver asks to be left alone for a while (`Retry-After`), *all* its notifications wait
/// that long, an hour at most: sending the next one at once would be the same offence again.
///
/// Waits are kept as instants of the clock on the wall, since they outlast the process. Where that
/// clock is set back what waits is due at once, one attempt too early rather than hours too late. A
/// wait that is longer than any there can be is of another clock too: of one that was set back
/// while no process ran.
public final class Delivery implements AutoCloseable {

  /// What was found ahead is not sent later than that without another look: the process may have
  /// been suspended, and another replica be at work.
  private static final Duration FOUND_IS_GOOD_FOR = Duration.ofSeconds(1);

  private final String receiver;
  private final Notifier notifier;
  private final OutboxSession outbox;
  private final RetryPolicy retries;
  private final InstantSource clock;
  private final DeliveryListener listener;
  private final Duration pace;

  private Instant quietUntil = Instant.MIN;
  private boolean clockWasSetBack;

  /// Also cleared from the thread of whoever asks for a further try.
  private volatile boolean disabled;

  /// An attempt whose outcome could not be stored yet.
  private @Nullable Made unrecorded;

  /// What is due after the last attempt, as its transaction found it.
  private @Nullable Due ahead;

  /// Whether an attempt was made since nothing was to be sent.
  private boolean busy;

  public Delivery(
      String receiver,
      Notifier notifier,
      OutboxSession outbox,
      RetryPolicy retries,
      InstantSource clock,
      DeliveryListener listener) {
    this(receiver, notifier, outbox, retries, clock, listener, Duration.ZERO);
  }

  /// @param pace from one attempt to the next, at the least
  public Delivery(
      String receiver,
      Notifier notifier,
      OutboxSession outbox,
      RetryPolicy retries,
      InstantSource clock,
      DeliveryListener listener,
      Duration pace) {
    this.receiver = receiver;
    this.notifier = notifier;
    this.outbox = outbox;
    this.retries = retries;
    this.clock = clock;
    this.listener = listener;
    this.pace = pace;
  }

  /// What a step came to.
  public sealed interface Step {

    /// Nothing is due. `next` is when something will be, as far as is known now; empty: nothing is
    /// pending. Whoever adds a notification wakes the loop.
    record Idle(Optional<Instant> next) implements Step {}

    /// An attempt was made and recorded; `after` is the notification as it now stands. More may be
    /// due: step again.
    record Attempted(Notification after, DeliveryResult result) implements Step {}

    /// The receiver is gone. What is pending stays pending until it is configured anew.
    record Disabled() implements Step {}
  }

  /// Makes one attempt at the receiver's next due notification, if there is one. Blocks for as long
  /// as the notifier and the store take.
  public Step step() {
    Due expected = ahead;
    ahead = null;
    Step step = step(expected);
    if (step instanceof Step.Attempted) {
      busy = true;
    } else if (busy) {
      busy = false;
      listener.rested(receiver);
    }
    return step;
  }

  private Step step(@Nullable Due expected) {
    if (disabled) {
      return new Step.Disabled();
    }
    Made kept = unrecorded;
    if (kept != null) {
      return record(kept);
    }
    Instant now = clock.instant();
    if (now.isBefore(quietUntil)) {
      return new Step.Idle(Optional.of(quietUntil));
    }
    Due due = expected;
    if (due == null || clockWasSetBack || !due.isGoodAt(now)) {
      Found found = outbox.inTransaction(box -> find(box, now));
      clockWasSetBack = false;
      due = found.due();
      if (due == null) {
        return new Step.Idle(found.next());
      }
    }
    DeliveryResult result = send(due.notification(), due.memory());
    return record(new Made(due.notification(), result, clock.instant()));
  }

  /// A person wants a receiver that said it was gone to be tried once more: what waits for it is
  /// due again. Should it still be gone, the next attempt finds that out. From any thread.
  public void enable() {
    disabled = false;
  }

  /// The clock on the wall is `by` behind what it was. What the receiver asked for is kept: its
  /// quiet ends after the same time.
  public void clockWasSetBack(Duration by) {
    clockWasSetBack = true;
    if (!quietUntil.equals(Instant.MIN)) {
      quietUntil = quietUntil.minus(by);
    }
  }

  @Override
  public void close() {
    notifier.close();
  }

  private record Made(Notification before, DeliveryResult result, Instant at) {}

  /// @param at when it was found
  private record Due(Instant at, Notification notification, Optional<String> memory) {

    boolean isGoodAt(Instant now) {
      return Duration.between(at, now).abs().compareTo(FOUND_IS_GOOD_FOR) <= 0;
    }
  }

  /// @param next when something falls due, where nothing is
  private record Found(@Nullable Due due, Optional<Instant> next) {}

  private Found find(Outbox box, Instant now) {
    if (clockWasSetBack) {
      box.dueBy(receiver, now);
    }
    return due(box, now)
        .map(due -> new Found(due, Optional.empty()))
        .orElseGet(() -> new Found(null, nextDueAt(box, now)));
  }

  private Optional<Due> due(Outbox box, Instant now) {
    return box.nextDue(receiver, now)
        .map(notification ->
            new Due(
                now, notification, notification.alertId().flatMap(id -> box.memory(receiver, id))));
  }

  private Optional<Instant> nextDueAt(Outbox box, Instant now) {
    Optional<Instant> next = box.nextDueAt(receiver);
    Instant latest = now.plus(retries.longestWait());
    if (next.isPresent() && next.get().isAfter(latest)) {
      box.dueBy(receiver, now);
      return Optional.of(now);
    }
    return next;
  }

  private DeliveryResult send(Notification notification, Optional<String> memory) {
    try {
      return notifier.send(notification, memory);
    } catch (RuntimeException e) {
      listener.crashed(receiver, e);
      // Only the kind of the exception is kept with the notification: messages of HTTP clients may
      // hold an address with a token.
      return new DeliveryResult.Retry(
          "the notifier failed: " + e.getClass().getSimpleName(), Optional.empty());
    }
  }

  /// Where the store fails the next step records the same attempt: nothing is sent twice for it.
  private Step record(Made made) {
    unrecorded = made;
    DeliveryResult result = made.result();
    Instant now = made.at();
    Notification after = retries.after(made.before(), result, now);
    ahead =
        outbox
            .inTransaction(box -> {
              box.update(after);
              if (result instanceof DeliveryResult.Delivered(var memory)
                  && memory.isPresent()
                  && after.alertId().isPresent()) {
                box.putMemory(receiver, after.alertId().get(), memory.get());
              }
              // One that has a pace is left alone after each attempt.
              return pace.isZero() ? due(box, now) : Optional.<Due>empty();
            })
            .orElse(null);
    unrecorded = null;
    heed(result, now);
    tell(after, result, now);
    return new Step.Attempted(after, result);
  }

  private void heed(DeliveryResult result, Instant now) {
    if (!pace.isZero()) {
      quietUntil = now.plus(pace);
    }
    switch (result) {
      case DeliveryResult.Delivered _, DeliveryResult.Rejected _ -> {}
      case DeliveryResult.Retry(_, var retryAfter) ->
          retryAfter.ifPresent(asked -> quietUntil = later(quietUntil, now.plus(capped(asked))));
      case DeliveryResult.Gone _ -> disabled = true;
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Duration capped(Duration asked) {
    return asked.compareTo(RetryPolicy.RETRY_AFTER_MAX) > 0 ? RetryPolicy.RETRY_AFTER_MAX : asked;
  }

  private void tell(Notification after, DeliveryResult result, Instant now) {
    listener.attempted(receiver, result);
    if (after.state() == Notification.State.DELIVERED) {
      listener.delivered(receiver, Duration.between(after.createdAt(), now));
    }
    if (after.state() == Notification.State.DEAD) {
      listener.dead(receiver);
    }
    if (disabled) {
      listener.disabled(receiver);
    }
  }
}
