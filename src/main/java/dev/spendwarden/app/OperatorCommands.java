package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.web.Commands;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What people with the token may do to a running daemon.
final class OperatorCommands implements Commands {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorCommands.class);

  private static final long LONGEST_SECONDS = 30;

  private static final int MESSAGES_EDITED_MAX = 50;

  private final Daemon daemon;

  OperatorCommands(Daemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public Result reload() {
    return switch (daemon.reloader().reload()) {
      case Reloader.Outcome.InForce(List<String> changes) -> new Result.Loaded(changes);
      case Reloader.Outcome.Refused(List<String> errors) ->
          new Result.Refused("the configuration has problems; the former one stays", errors);
    };
  }

  @Override
  public Result retry(String notificationId) {
    Optional<Notification> found =
        daemon.store().read(ports -> ports.outbox().find(notificationId)).flatMap(this::revived);
    if (found.isEmpty()) {
      return new Result.NotFound("no notification " + notificationId);
    }
    if (found.get().state() != Notification.State.DEAD) {
      return new Result.Conflict(
          "it is " + found.get().state().word() + "; only a dead one can be retried");
    }
    daemon.tryNow(found.get().receiver());
    return Result.Done.NOTHING_MADE;
  }

  /// @return as it was before
  private Optional<Notification> revived(Notification known) {
    return daemon
        .tenures()
        .beside(LeaseNames.ofReceiver(known.receiver()))
        .transact(ports -> {
          Optional<Notification> stored = ports.outbox().find(known.id());
          stored
              .filter(dead -> dead.state() == Notification.State.DEAD)
              .ifPresent(dead -> ports.outbox().update(dead.revived(daemon.now())));
          return stored;
        });
  }

  @Override
  public Result acknowledge(String alertId, Note note) {
    if (await(daemon.shards().orders().ack(alertId, note.by())).isEmpty()) {
      return new Result.NotFound("no pending or firing alert " + alertId);
    }
    daemon.noted(alertId);
    return Result.Done.NOTHING_MADE;
  }

  @Override
  public Result silence(NewSilence wanted) {
    var match = new TreeMap<String, Set<String>>();
    wanted.match().forEach((label, values) -> match.put(label, Set.copyOf(values)));
    Instant now = daemon.now();
    String id = "sil_" + Budget.digest(match + "\n" + now + "\n" + wanted);
    var made =
        new dev.spendwarden.alert.Silence(
            id, match, now, wanted.endsAt(), wanted.comment(), wanted.createdBy());
    await(daemon.shards().orders().silence(made));
    noteMatching(made);
    LOG.info("silence_made id={} by={} until={}", id, wanted.createdBy(), wanted.endsAt());
    return new Result.Done(Optional.of(id));
  }

  @Override
  public Result unsilence(String silenceId) {
    Optional<dev.spendwarden.alert.Silence> ended =
        daemon.shards().orders().silences().stream()
            .filter(silence -> silence.id().equals(silenceId))
            .findFirst();
    if (!await(daemon.shards().orders().unsilence(silenceId))) {
      return new Result.NotFound("no silence " + silenceId);
    }
    ended.ifPresent(this::noteMatching);
    return Result.Done.NOTHING_MADE;
  }

  /// The messages of the alerts it is about show it. A wide silence is about too many to edit them
  /// all; those left out show it with their next message.
  private void noteMatching(dev.spendwarden.alert.Silence silence) {
    Snapshot snapshot = daemon.shards().snapshot();
    snapshot.budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .filter(alert -> alert.state() == Alert.State.FIRING)
        .filter(alert -> {
          Policy policy = snapshot.policies().get(alert.policy());
          return policy != null && silence.matches(Matching.labelsOf(policy, alert));
        })
        .limit(MESSAGES_EDITED_MAX)
        .forEach(alert -> daemon.noted(alert.id()));
  }

  @Override
  public List<Silence> silences() {
    return daemon.shards().orders().silences().stream().map(OperatorCommands::shown).toList();
  }

  private static Silence shown(dev.spendwarden.alert.Silence silence) {
    var match = new TreeMap<String, List<String>>();
    silence.match().forEach((label, values) -> match.put(label, List.copyOf(values)));
    return new Silence(
        silence.id(),
        match,
        silence.startsAt(),
        silence.endsAt(),
        silence.comment(),
        silence.createdBy());
  }

  @Override
  public Result waive(NewWaiver wanted) {
    Policy policy = daemon.shards().snapshot().policies().get(wanted.policy());
    if (policy == null) {
      return new Result.NotFound("no policy " + wanted.policy());
    }
    Optional<String> problem = wanted.raise().flatMap(raise -> cannotRaise(policy, raise));
    if (problem.isPresent()) {
      return new Result.Refused("raise: " + problem.get(), List.of());
    }
    String id = "wvr_" + Budget.digest(daemon.now() + "\n" + wanted);
    var waiver =
        new Policy.Waiver(
            wanted.until(),
            wanted.raise(),
            wanted.raise().isEmpty(),
            wanted.reason(),
            wanted.by(),
            wanted.labels());
    await(daemon.shards().orders().waive(new GrantedWaiver(id, wanted.policy(), waiver)));
    LOG.info(
        "waiver_granted id={} policy={} by={} until={}",
        id,
        wanted.policy(),
        wanted.by(),
        wanted.until());
    return new Result.Done(Optional.of(id));
  }

  /// A raise in another unit than the limit's would wait for nothing.
  private Optional<String> cannotRaise(Policy policy, Amount raise) {
    Set<Unit> units =
        switch (policy.limit()) {
          case Limit.Fixed(Amount limit) -> Set.of(limit.unit());
          case Limit.Quota _ -> unitsOf(policy);
          case Limit.None _ -> Set.of();
        };
    if (policy.limit() instanceof Limit.None) {
      return Optional.of("the policy has no limit to raise");
    }
    return units.isEmpty() || units.contains(raise.unit())
        ? Optional.empty()
        : Optional.of("the limit is in " + units.stream().map(Unit::code).sorted().toList());
  }

  private Set<Unit> unitsOf(Policy policy) {
    return daemon.shards().snapshot().budgets().values().stream()
        .map(Snapshot.BudgetView::assessment)
        .filter(assessment -> assessment.budget().policy().equals(policy.name()))
        .flatMap(assessment -> assessment.unit().stream())
        .collect(Collectors.toSet());
  }

  @Override
  public Result unwaive(String waiverId) {
    if (waivers().stream().noneMatch(granted -> granted.id().equals(waiverId))) {
      return new Result.NotFound("no waiver " + waiverId);
    }
    await(daemon.shards().orders().unwaive(waiverId));
    return Result.Done.NOTHING_MADE;
  }

  @Override
  public List<GrantedWaiver> waivers() {
    Instant now = daemon.now();
    return daemon.store().read(ports -> ports.quiet().waivers()).stream()
        .filter(granted -> now.isBefore(granted.waiver().until()))
        .toList();
  }

  @Override
  public Result drill(String receiver) {
    if (!daemon.dispatch().knows(receiver)) {
      return new Result.NotFound("no receiver " + receiver);
    }
    Instant now = daemon.now();
    String id =
        daemon
            .tenures()
            .beside(LeaseNames.ofReceiver(receiver))
            .transact(ports -> {
              Notification drill = daemon.dispatch().drill(receiver, ports.outbox(), now);
              ports.outbox().add(drill);
              return drill.id();
            });
    daemon.meters().notified(receiver);
    daemon.tryNow(receiver);
    return new Result.Done(Optional.of(id));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw e.getCause() instanceof StoreException store
          ? store
          : new IllegalStateException("the change could not be made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
