package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.Journal.Tell;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotificationIds;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Payload;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Tells the receivers of an action's policy what became of it, through the same outbox as alerts.
final class ActionTelling {

  private final Supplier<Routes> routes;
  private final Supplier<Snapshot> snapshot;
  private final Supplier<Optional<URI>> externalUrl;

  ActionTelling(
      Supplier<Routes> routes, Supplier<Snapshot> snapshot, Supplier<Optional<URI>> externalUrl) {
    this.routes = routes;
    this.snapshot = snapshot;
    this.externalUrl = externalUrl;
  }

  /// Adds one notification for each receiver, inside the caller's transaction.
  ///
  /// @return who is told
  List<String> add(Action action, Tell tell, Outbox outbox, Instant now) {
    Snapshot current = snapshot.get();
    String name = action.subject().policy();
    Policy policy = current.policies().getOrDefault(name, Policy.removed(name));
    Map<String, String> labels = labels(action, policy, current);
    List<String> receivers =
        routes.get().receiversFor(policy, labels).stream()
            .map(Routes.RouteMatch::receiver)
            .toList();
    for (String receiver : receivers) {
      outbox.add(notification(action, tell, receiver, outbox, now));
    }
    return receivers;
  }

  /// What routes are matched by, as for the budget's alert.
  private static Map<String, String> labels(Action action, Policy policy, Snapshot snapshot) {
    var labels = new HashMap<>(policy.labels());
    labels.putAll(action.subject().labels().asWords());
    labels.put("policy", action.subject().policy());
    Severity severity =
        Optional.ofNullable(snapshot.budgets().get(action.subject().budgetId()))
            .flatMap(Snapshot.BudgetView::alert)
            .filter(alert -> alert.id().equals(action.subject().alertId()))
            .map(Alert::severity)
            .or(() ->
                policy.rules().stream()
                    .filter(rule -> rule.name().equals(action.subject().rule()))
                    .map(rule -> rule.severity())
                    .findFirst())
            .orElse(Severity.CRITICAL);
    labels.put("severity", severity.word());
    return labels;
  }

  private Notification notification(
      Action action, Tell tell, String receiver, Outbox outbox, Instant now) {
    var stage = Payload.OfAction.Stage.valueOf(tell.name());
    Action.Subject subject = action.subject();
    Action.Progress progress = action.progress();
    var envelope =
        new Payload.Envelope(
            // The version too: an action may be proposed twice, for different reasons.
            NotificationIds.ofAction(
                stage.type(), action.id() + "/" + progress.version(), receiver),
            stage.type(),
            now,
            outbox.nextSequence(subject.policy(), subject.budgetId(), receiver),
            receiver);
    String body =
        new Payload.OfAction(
                envelope,
                stage,
                action.id(),
                action.kind().name(),
                action.kind().type(),
                action.kind().mode().word(),
                progress.state().word(),
                subject.policy(),
                subject.budgetId(),
                subject.labels().asWords(),
                progress.targets().stream().map(Target::id).toList(),
                progress.reason(),
                progress.createdAt(),
                progress.dueAt(),
                progress.decidedBy(),
                progress.outcome(),
                externalUrl.get())
            .toJson();
    return new Notification(
        envelope.id(),
        receiver,
        stage.type(),
        Optional.empty(),
        Optional.of(subject.budgetId()),
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
