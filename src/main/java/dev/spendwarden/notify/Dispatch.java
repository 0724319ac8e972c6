package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns a transition into one notification for each receiver that must hear of it. Decides only;
/// the caller adds the result to the outbox in the transaction of the transition, before it asks
/// for the next transition (sequences are counted there).
///
/// **Who hears of what.** A new alert goes to the receivers on its route. A change of a known alert
/// (escalated, deescalated, updated, late) goes to those on the route of its present severity *and*
/// to those that were told of it before: nobody is left believing the former severity. A resolve
/// goes to exactly those that were told, even where the route has changed since: an alert that was
/// opened somewhere is closed there, and nobody hears the end of what they never saw begin. A
/// repeat goes to those on the present route whose own `repeat_interval` has run out since they
/// were last told. Receivers that are configured no more are left out.
public final class Dispatch {

  private final Routes routes;
  private final SummaryRenderer summaries;
  private final Optional<URI> externalUrl;

  public Dispatch(Routes routes, SummaryRenderer summaries, Optional<URI> externalUrl) {
    this.routes = routes;
    this.summaries = summaries;
    this.externalUrl = externalUrl;
  }

  /// One pending notification for each receiver, due at `now`, its body frozen.
  public List<Notification> notificationsFor(Transition transition, Outbox outbox, Instant now) {
    Map<String, Notification> told = told(transition, outbox);
    Collection<String> receivers = receivers(transition, told);
    if (receivers.isEmpty()) {
      return List.of();
    }
    String summary = Summaries.of(transition, summaries);
    var notifications = new ArrayList<Notification>();
    for (String receiver : receivers) {
      notifications.add(
          notification(transition, receiver, summary, told.get(receiver), outbox, now));
    }
    return notifications;
  }

  /// When the alert must be told again to one of its receivers at the soonest; empty: never. A
  /// receiver that was not told yet counts from when the alert began to fire.
  public Optional<Instant> nextRepeat(Policy policy, Alert alert, Outbox outbox) {
    List<RouteMatch> repeating =
        routes.receiversFor(policy, Matching.labelsOf(policy, alert)).stream()
            .filter(match -> match.repeatInterval().isPresent())
            .toList();
    if (repeating.isEmpty()) {
      return Optional.empty();
    }
    var told = new HashMap<String, Instant>();
    outbox.newestOfAlert(alert.id()).forEach(last -> told.put(last.receiver(), timeOf(last)));
    return repeating.stream()
        .map(match ->
            told.getOrDefault(match.receiver(), alert.startedAt())
                .plus(match.repeatInterval().get()))
        .min(Instant::compareTo);
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

  /// The last notification of this alert for each receiver, by receiver. An alert that has just
  /// fired has told nobody yet, so the outbox need not be asked.
  private static Map<String, Notification> told(Transition transition, Outbox outbox) {
    var told = new TreeMap<String, Notification>();
    if (transition.kind() != Transition.Kind.FIRED) {
      outbox.newestOfAlert(transition.alert().id()).forEach(n -> told.put(n.receiver(), n));
    }
    return told;
  }

  private Collection<String> receivers(Transition transition, Map<String, Notification> told) {
    List<RouteMatch> matches = routes.receiversFor(transition.policy(), labelsOf(transition));
    List<String> routed = matches.stream().map(RouteMatch::receiver).toList();
    List<String> knownTold = told.keySet().stream().filter(routes::isKnown).toList();
    return switch (transition.kind()) {
      case FIRED -> awayFromBroken(transition, routed);
      case LATE, ESCALATED, DEESCALATED, UPDATED -> {
        var both = new LinkedHashSet<>(routed);
        both.addAll(knownTold);
        yield both;
      }
      case REPEATED ->
          matches.stream()
              .filter(match -> repeatIsDue(match, told.get(match.receiver()), transition.at()))
              .map(RouteMatch::receiver)
              .toList();
      case RESOLVED -> knownTold;
    };
  }

  /// That a receiver cannot be reached is not told through that receiver alone: where the routes
  /// lead nowhere else, the root's receiver is told, and where that is the broken one, all others.
  private List<String> awayFromBroken(Transition transition, List<String> routed) {
    Optional<String> broken =
        transition.alert().policy().equals(BuiltInPolicies.DELIVERY_HEALTH)
            ? transition.alert().budgetLabels().get(Dimension.RECEIVER)
            : Optional.empty();
    if (broken.isEmpty() || !routed.equals(List.of(broken.get()))) {
      return routed;
    }
    List<String> others =
        routes.receivers().stream().filter(name -> !name.equals(broken.get())).sorted().toList();
    Optional<String> ofRoot = routes.root().receiver().filter(others::contains);
    return ofRoot.map(List::of).orElse(others.isEmpty() ? routed : others);
  }

  /// Measured between the events themselves (the time in the body), so that the moments of storing
  /// and sending do not shift the rhythm. A receiver that was never told is told now.
  private static boolean repeatIsDue(RouteMatch match, @Nullable Notification last, Instant at) {
    if (match.repeatInterval().isEmpty()) {
      return false;
    }
    if (last == null) {
      return true;
    }
    return !at.isBefore(timeOf(last).plus(match.repeatInterval().get()));
  }

  private static Instant timeOf(Notification told) {
    return Body.of(told).text("time").map(Instant::parse).orElseGet(told::createdAt);
  }

  private Notification notification(
      Transition transition,
      String receiver,
      String summary,
      @Nullable Notification last,
      Outbox outbox,
      Instant now) {
    String budgetId = transition.alert().budgetId();
    var envelope =
        new Payload.Envelope(
            NotificationIds.of(transition, receiver),
            transition.kind().type(),
            transition.at(),
            outbox.nextSequence(transition.alert().policy(), budgetId, receiver),
            receiver);
    String body =
        new Payload.OfAlert(envelope, transition, summary, externalUrl, topOf(last)).toJson();
    return pending(
        envelope, Optional.of(transition.alert().id()), Optional.of(budgetId), body, now);
  }

  /// What the top contributors had spent in the last message.
  private static Map<Dimensions, BigDecimal> topOf(@Nullable Notification last) {
    if (last == null) {
      return Map.of();
    }
    var top = new HashMap<Dimensions, BigDecimal>();
    for (Body part : Body.of(last).objects("top")) {
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

  private static Notification pending(
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
