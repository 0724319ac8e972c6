package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Policy;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns transitions into notifications: one for each receiver that must hear of it (see
/// [Audience]), its body frozen, or a member of its group (see [Waiting]). Called in the
/// transaction of the transitions (sequences are counted there).
public final class Dispatch {

  /// Of what waits: it gets its own when it is told.
  private static final Payload.Envelope NO_ENVELOPE =
      new Payload.Envelope("", "", Instant.EPOCH, 0, "");

  private final Routes routes;
  private final Audience audience;
  private final SummaryRenderer summaries;
  private final Optional<URI> externalUrl;

  public Dispatch(Routes routes, SummaryRenderer summaries, Optional<URI> externalUrl) {
    this.routes = routes;
    this.audience = new Audience(routes);
    this.summaries = summaries;
    this.externalUrl = externalUrl;
  }

  /// Adds to the outbox what the receivers are told at once, alone or together with the rest of its
  /// group, and lets what is left wait in its groups.
  ///
  /// @return what was added, due at `now`
  public List<Notification> tell(Collection<Transition> transitions, Outbox outbox, Instant now) {
    var added = new ArrayList<Notification>();
    var waiting = new Waiting(outbox.groups(), this::part, now);
    for (Transition transition : transitions) {
      if (transition.kind() != Transition.Kind.FIRED) {
        // Its audience depends on what waits.
        waiting.settle();
      }
      for (Audience.Listener listener : audience.of(transition, outbox)) {
        waiting
            .place(transition, listener)
            .map(atOnce -> notification(atOnce, listener, outbox, now))
            .ifPresent(notification -> {
              outbox.add(notification);
              added.add(notification);
            });
      }
    }
    var messages = new GroupMessages(outbox, externalUrl, now);
    waiting.end().forEach((group, members) -> added.add(messages.atOnce(group, members)));
    return added;
  }

  /// Adds to the outbox what the groups whose time has come tell.
  ///
  /// @param policies whose groups are told, see [Groups#due(Instant, int, Names)]
  /// @return what was added, due at `now`
  public List<Notification> flush(Outbox outbox, Standing standing, Names policies, Instant now) {
    return new Flush(routes, this::part, externalUrl, outbox, standing, policies, now).run();
  }

  /// See [Audience#firstRepeat].
  public Optional<Instant> firstRepeat(Policy policy, Alert alert, Instant firedAt) {
    return audience.firstRepeat(policy, alert, firedAt);
  }

  /// See [Audience#nextRepeat].
  public Optional<Instant> nextRepeat(
      Policy policy, Alert alert, Map<String, Instant> told, Instant now) {
    return audience.nextRepeat(policy, alert, told, now);
  }

  private Payload.OfAlert part(Transition transition, Optional<Told> last) {
    return payload(transition, last, NO_ENVELOPE);
  }

  private Payload.OfAlert payload(
      Transition transition, Optional<Told> last, Payload.Envelope envelope) {
    String summary = Summaries.of(transition, summaries);
    return new Payload.OfAlert(
        envelope, transition, summary, externalUrl, Told.topOf(last.orElse(null)));
  }

  /// A test notification for one receiver.
  public Notification drill(String receiver, Outbox outbox, Instant now) {
    String id = NotificationIds.ofDrill(receiver, now);
    long sequence = outbox.nextSequence(Payload.Drill.TYPE, "", receiver);
    var envelope = new Payload.Envelope(id, Payload.Drill.TYPE, now, sequence, receiver);
    String body = new Payload.Drill(envelope, externalUrl).toJson();
    return pending(envelope, Optional.empty(), Optional.empty(), body, now);
  }

  /// A sign of life for one receiver, once for each `slot`; empty when that slot's was made before.
  public Optional<Notification> heartbeat(
      String receiver, Instant slot, Outbox outbox, Instant now) {
    String id = NotificationIds.ofHeartbeat(receiver, slot);
    if (outbox.find(id).isPresent()) {
      return Optional.empty();
    }
    long sequence = outbox.nextSequence(Payload.Heartbeat.TYPE, "", receiver);
    var envelope = new Payload.Envelope(id, Payload.Heartbeat.TYPE, slot, sequence, receiver);
    String body = new Payload.Heartbeat(envelope, externalUrl).toJson();
    return Optional.of(pending(envelope, Optional.empty(), Optional.empty(), body, now));
  }

  public boolean knows(String receiver) {
    return routes.isKnown(receiver);
  }

  /// What routes are matched by.
  public static Map<String, String> labelsOf(Transition transition) {
    return Matching.labelsOf(transition.policy(), transition.alert());
  }

  private Notification notification(
      Transition transition, Audience.Listener listener, Outbox outbox, Instant now) {
    String receiver = listener.receiver();
    String budgetId = transition.alert().budgetId();
    var envelope =
        new Payload.Envelope(
            NotificationIds.of(transition, receiver),
            transition.kind().type(),
            transition.at(),
            outbox.nextSequence(transition.alert().policy(), budgetId, receiver),
            receiver);
    String body = payload(transition, listener.told(), envelope).toJson();
    return pending(
        envelope, Optional.of(transition.alert().id()), Optional.of(budgetId), body, now);
  }

  static Notification pending(
      Payload.Envelope envelope,
      Optional<String> alertId,
      Optional<String> budgetId,
      String body,
      Instant now) {
    return new Notification(
        envelope.id(),
        envelope.receiver(),
        envelope.type(),
        alertId,
        budgetId,
        envelope.sequence(),
        body,
        Notification.State.PENDING,
        0,
        Optional.empty(),
        now,
        Optional.of(now),
        Optional.empty());
  }
}
