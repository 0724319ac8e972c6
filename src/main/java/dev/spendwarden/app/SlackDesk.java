package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.slack.PressDesk;
import dev.spendwarden.web.Commands.NewSilence;
import dev.spendwarden.web.Commands.Note;
import dev.spendwarden.web.Commands.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Does what is asked for by Slack's buttons with the same commands that the API and the command
/// line use, so that it is recorded and shown in the same way.
final class SlackDesk implements PressDesk {

  private static final String COMMENT = "by a button in Slack";

  private final Daemon daemon;
  private final OperatorCommands commands;

  SlackDesk(Daemon daemon) {
    this.daemon = daemon;
    this.commands = new OperatorCommands(daemon);
  }

  @Override
  public Answer acknowledge(String alertId, String who) {
    Optional<Alert> alert = live(alertId);
    if (alert.isEmpty()) {
      return over();
    }
    if (alert.get().ackedBy().isPresent()) {
      return new Answer(false, "It is acknowledged by " + alert.get().ackedBy().get() + ".");
    }
    return answer(commands.acknowledge(alertId, new Note(who, COMMENT)), "Acknowledged.");
  }

  /// Of this budget under this policy, whatever the severity.
  @Override
  public Answer silence(String alertId, Duration lasting, String who) {
    Optional<Alert> alert = live(alertId);
    if (alert.isEmpty()) {
      return over();
    }
    var match = new TreeMap<String, List<String>>();
    alert
        .get()
        .budgetLabels()
        .asWords()
        .forEach((label, value) -> match.put(label, List.of(value)));
    match.put("policy", List.of(alert.get().policy()));
    Instant until = daemon.now().plus(lasting).truncatedTo(ChronoUnit.SECONDS);
    return answer(
        commands.silence(new NewSilence(match, until, COMMENT, who)), "Silenced until " + until);
  }

  @Override
  public Answer approve(String actionId, String who) {
    return decided(
        actionId,
        daemon.enforcement().approve(actionId, new Note(who, COMMENT)),
        "Approved by " + who);
  }

  @Override
  public Answer reject(String actionId, String who) {
    return decided(
        actionId,
        daemon.enforcement().reject(actionId, new Note(who, COMMENT)),
        "Rejected by " + who);
  }

  @Override
  public Optional<Notification> notification(String id) {
    return daemon.store().read(ports -> ports.outbox().find(id));
  }

  private Optional<Alert> live(String alertId) {
    return daemon.shards().snapshot().budgets().values().stream()
        .map(Snapshot.BudgetView::alert)
        .flatMap(Optional::stream)
        .filter(alert -> alert.id().equals(alertId))
        .filter(alert -> alert.state() != Alert.State.RESOLVED)
        .findFirst();
  }

  private static Answer over() {
    return new Answer(false, "This alert is over: there is nothing left to do about it.");
  }

  /// Somebody was faster, or it expired: who and what is told.
  private Answer decided(String actionId, Result result, String done) {
    if (result instanceof Result.Done) {
      return new Answer(true, done);
    }
    Optional<Action> action = daemon.store().read(ports -> ports.enforce().find(actionId));
    return action
        .map(known ->
            new Answer(
                false,
                "This action is "
                    + known.state().word().replace('_', ' ')
                    + known.progress().decidedBy().map(by -> ", decided by " + by).orElse("")
                    + "."))
        .orElse(new Answer(false, "This action is not known here."));
  }

  private static Answer answer(Result result, String done) {
    return switch (result) {
      case Result.Done _, Result.Loaded _ -> new Answer(true, done);
      case Result.NotFound(var detail) -> new Answer(false, detail);
      case Result.Conflict(var detail) -> new Answer(false, detail);
      case Result.Refused(var detail, _) -> new Answer(false, detail);
      case Result.Unsupported(var detail) -> new Answer(false, detail);
    };
  }
}
