package dev.spendwarden.enforce;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Period;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A sandbox, a client and a breach; the clock is turned by hand. [#run] takes an action to where
/// it rests, as the daemon would; a [Crash] planted in the journal stops it at any step.
final class LeverLab implements AutoCloseable {

  static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  static final Instant END = Instant.parse("2027-02-01T00:00:00Z");

  private Period month = new Period(Instant.parse("2027-01-01T00:00:00Z"), END, ZoneOffset.UTC);

  Instant now = NOW;
  boolean enabled = true;

  /// Of levers made from now on. Long, so that a busy machine does not look like a broken provider.
  Duration timeout = Duration.ofSeconds(20);

  boolean ruleFires = true;
  boolean suspicious;
  DataState data = DataState.FRESH;

  final InMemoryEnforceStore store = new InMemoryEnforceStore();
  final List<String> steps = new ArrayList<>();
  final List<Journal.Tell> told = new ArrayList<>();
  final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.fixed(NOW)));
  private final Vertx vertx = Vertx.vertx();
  final GuardedClient http = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final Stages stages = new Stages(new Kept(), this::situation, () -> now);

  /// Which step the process dies at: after it was written (`called`) or before (`!called`).
  Optional<String> crashAt = Optional.empty();

  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  ProviderApi api(String path, Header credential, Map<String, String> headers) {
    return api(path, () -> credential, headers);
  }

  ProviderApi api(String path, Supplier<Header> credential, Map<String, String> headers) {
    return new ProviderApi(http, URI.create(sandbox.url(path)), credential, headers, timeout);
  }

  /// Another month than January, for the actions that are intended from now on.
  void monthOf(Instant at) {
    LocalDate first = at.atZone(ZoneOffset.UTC).toLocalDate().withDayOfMonth(1);
    month =
        new Period(
            first.atStartOfDay(ZoneOffset.UTC).toInstant(),
            first.plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
            ZoneOffset.UTC);
  }

  static ActionSpec spec(ActionSpec.Mode mode) {
    return spec(mode, Optional.empty(), Duration.ZERO, ActionSpec.Undo.MANUAL);
  }

  static ActionSpec spec(
      ActionSpec.Mode mode, Optional<Integer> atMost, Duration grace, ActionSpec.Undo undo) {
    return new ActionSpec(
        "stop",
        "type",
        mode,
        Optional.of("user"),
        atMost,
        Duration.ofHours(1),
        grace,
        Set.of("kept"),
        undo,
        ActionSpec.QuietHours.NONE,
        Optional.empty());
  }

  /// Plans an action as a look of the evaluation would.
  Action intend(ActionSpec spec, String scope, String spent, String limit) {
    return intend(spec, scope, spent, limit, "alert-1");
  }

  Action intend(ActionSpec spec, String scope, String spent, String limit, String alert) {
    Budget budget = Budget.of("quota", Dimensions.NONE);
    Action action =
        Action.planned(
            new Action.Kind(spec.name(), spec.type(), spec.mode(), spec.undo()),
            new Action.Subject(
                "quota",
                budget.id(),
                Dimensions.NONE,
                "spent",
                alert,
                1,
                scope,
                month.start(),
                month.end(),
                Optional.of(Unit.USD),
                Optional.of(new BigDecimal(spent)),
                Optional.of(new BigDecimal(limit))),
            "quota spent",
            now);
    store.put(action);
    return action;
  }

  /// Advances what is due, with the clock going on between, until nothing is due within an hour.
  Action run(Action action, ActionSpec spec, Lever lever) {
    Instant end = now.plus(Duration.ofHours(1));
    for (int i = 0; i < 300; i++) {
      Action current = store.find(action.id()).orElseThrow();
      Optional<Instant> due = current.progress().dueAt();
      if (due.isEmpty() || due.get().isAfter(end)) {
        return current;
      }
      now = due.get().isAfter(now) ? due.get() : now;
      stages.advance(current, spec, lever);
    }
    throw new IllegalStateException("it never comes to rest: " + steps);
  }

  /// Advances once.
  Action step(Action action, ActionSpec spec, Lever lever) {
    stages.advance(store.find(action.id()).orElseThrow(), spec, lever);
    return store.find(action.id()).orElseThrow();
  }

  void undo(Action action, Lever lever) {
    stages.beginUndo(store.find(action.id()).orElseThrow(), AuditRow.DAEMON, lever);
  }

  void reconsider(Action action) {
    stages.reconsider(store.find(action.id()).orElseThrow());
  }

  /// What the API does when a person says yes.
  void approve(Action action) {
    Action current = store.find(action.id()).orElseThrow();
    store.put(
        current.edit().to(Action.State.PLANNED, Action.Phase.ACT).due(now).decidedBy("ada").done());
  }

  private Situation situation(Action action) {
    Assessment assessment =
        new Assessment(
            Budget.of("quota", Dimensions.NONE),
            now,
            now.isBefore(month.end())
                ? month
                : new Period(month.end(), month.end().plus(Duration.ofDays(28)), ZoneOffset.UTC),
            Optional.of(Unit.USD),
            action.subject().spent(),
            action.subject().limit(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Map.of(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.of(now),
            data,
            Optional.empty(),
            List.of(),
            List.of());
    return new Situation(Optional.of(assessment), ruleFires, suspicious, enabled);
  }

  private final class Kept implements Journal {
    @Override
    public boolean record(Step step) {
      if (crashAt.equals(Optional.of("!" + step.what()))) {
        throw new Crash();
      }
      Optional<Action> stored = store.find(step.action().id());
      int former = stored.map(a -> a.progress().version()).orElse(0);
      if (former != step.action().progress().version() - 1) {
        return false;
      }
      store.put(step.action());
      if (!step.what().isEmpty()) {
        steps.add(step.what());
      }
      step.tell().ifPresent(told::add);
      if (crashAt.equals(Optional.of(step.what()))) {
        throw new Crash();
      }
      return true;
    }

    @Override
    public long acted(String action, Instant since) {
      return store.acted(action, since);
    }

    @Override
    public List<Action> inForce(String action, String budgetId, Instant periodStart) {
      return store.inForce(action, budgetId, periodStart);
    }
  }

  @Override
  public void close() throws Exception {
    http.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    sandbox.close();
  }
}
