package dev.spendwarden.store;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Names;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.EnforceStore;
import dev.spendwarden.enforce.Figure;
import dev.spendwarden.enforce.Hold;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Actions, audit, figures, holds and the kill switch, in SQL that SQLite and PostgreSQL both
/// speak.
final class SqlEnforceStore implements EnforceStore {

  private static final List<String> ACTION_COLUMNS =
      List.of(
          "id",
          "name",
          "type",
          "mode",
          "undo",
          "policy",
          "budget_id",
          "budget_labels",
          "rule",
          "alert_id",
          "round",
          "scope",
          "period_start",
          "period_end",
          "unit",
          "spent",
          "budget_limit",
          "version",
          "state",
          "phase",
          "targets",
          "reason",
          "created_at",
          "due_at",
          "decided_by",
          "outcome",
          "acted_at",
          "acted",
          "attempts");

  private static final String COLUMNS = String.join(", ", ACTION_COLUMNS);

  private static final String PUT =
      "INSERT INTO action ("
          + COLUMNS
          + ") VALUES ("
          + IntStream.range(0, ACTION_COLUMNS.size())
              .mapToObj(i -> "?")
              .collect(Collectors.joining(", "))
          + ") ON CONFLICT (id) DO UPDATE SET "
          + ACTION_COLUMNS.stream()
              .skip(1)
              .map(column -> column + " = excluded." + column)
              .collect(Collectors.joining(", "));

  private static final String SELECT = "SELECT " + COLUMNS + " FROM action ";

  private final Handle handle;

  SqlEnforceStore(Handle handle) {
    this.handle = handle;
  }

  @Override
  public void put(Action action) {
    Action.Subject subject = action.subject();
    Action.Progress progress = action.progress();
    handle.execute(
        PUT,
        action.id(),
        action.kind().name(),
        action.kind().type(),
        action.kind().mode().word(),
        action.kind().undo().word(),
        subject.policy(),
        subject.budgetId(),
        StoredJson.write(subject.labels()),
        subject.rule(),
        subject.alertId(),
        subject.round(),
        subject.scope(),
        InstantText.write(subject.periodStart()),
        InstantText.write(subject.periodEnd()),
        subject.unit().map(Unit::code).orElse(null),
        subject.spent().map(BigDecimal::toString).orElse(null),
        subject.limit().map(BigDecimal::toString).orElse(null),
        progress.version(),
        progress.state().word(),
        progress.phase().word(),
        StoredTargets.write(progress.targets()),
        progress.reason(),
        InstantText.write(progress.createdAt()),
        text(progress.dueAt()),
        progress.decidedBy().orElse(null),
        progress.outcome().orElse(null),
        text(progress.actedAt()),
        progress.acted(),
        progress.attempts());
  }

  @Override
  public Optional<Action> find(String id) {
    return handle
        .createQuery(SELECT + "WHERE id = ?")
        .bind(0, id)
        .map((row, context) -> action(row))
        .findOne();
  }

  @Override
  public Optional<Action> newest(String action, String alertId) {
    return handle
        .createQuery(SELECT + "WHERE name = ? AND alert_id = ? ORDER BY round DESC LIMIT 1")
        .bind(0, action)
        .bind(1, alertId)
        .map((row, context) -> action(row))
        .findOne();
  }

  @Override
  public List<Action> inForce(String action, String budgetId, Instant periodStart) {
    return handle
        .createQuery(
            SELECT
                + "WHERE name = ? AND budget_id = ? AND period_start = ?"
                + " AND state IN ('done', 'failed') ORDER BY created_at, id")
        .bind(0, action)
        .bind(1, budgetId)
        .bind(2, InstantText.write(periodStart))
        .map((row, context) -> action(row))
        .filter(Action::hasDone)
        .list();
  }

  @Override
  public List<Action> due(Instant now, int limit) {
    return due(now, limit, Names.ALL);
  }

  @Override
  public List<Action> due(Instant now, int limit, Names policies) {
    SqlNames some = SqlNames.of(policies, "policy");
    return some.bind(
            handle.createQuery(
                SELECT
                    + "WHERE due_at IS NOT NULL AND due_at <= :now"
                    + some.and()
                    + " ORDER BY due_at, id LIMIT :limit"))
        .bind("now", InstantText.write(now))
        .bind("limit", limit)
        .map((row, context) -> action(row))
        .list();
  }

  @Override
  public Optional<Instant> nextDue() {
    return nextDue(Names.ALL);
  }

  @Override
  public Optional<Instant> nextDue(Names policies) {
    SqlNames some = SqlNames.of(policies, "policy");
    return some.bind(
            handle.createQuery(
                "SELECT due_at FROM action WHERE due_at IS NOT NULL"
                    + some.and()
                    + " ORDER BY due_at LIMIT 1"))
        .map((row, context) -> InstantText.parse(row.getString(1)))
        .findOne();
  }

  @Override
  public List<Action> live() {
    return handle
        .createQuery(
            SELECT
                + "WHERE state IN ('planned', 'waiting', 'running', 'done')"
                + " AND due_at IS NOT NULL ORDER BY created_at, id")
        .map((row, context) -> action(row))
        .list();
  }

  @Override
  public List<Action> page(int offset, int limit) {
    return handle
        .createQuery(SELECT + "ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?")
        .bind(0, limit)
        .bind(1, offset)
        .map((row, context) -> action(row))
        .list();
  }

  @Override
  public long acted(String action, Instant since) {
    return handle
        .createQuery("SELECT COALESCE(SUM(acted), 0) FROM action WHERE name = ? AND acted_at > ?")
        .bind(0, action)
        .bind(1, InstantText.write(since))
        .mapTo(Long.class)
        .one();
  }

  @Override
  public List<Figure> figures() {
    return handle
        .createQuery("SELECT budget_id, period_start, spent, jumped_from FROM budget_figure")
        .map((row, context) ->
            new Figure(
                row.getString(1),
                InstantText.parse(row.getString(2)),
                new BigDecimal(row.getString(3)),
                decimal(row.getString(4))))
        .list();
  }

  @Override
  public void put(Figure figure) {
    handle.execute(
        """
        INSERT INTO budget_figure (budget_id, period_start, spent, jumped_from)
        VALUES (?, ?, ?, ?)
        ON CONFLICT (budget_id) DO UPDATE SET period_start = excluded.period_start,
          spent = excluded.spent, jumped_from = excluded.jumped_from\
        """,
        figure.budgetId(),
        InstantText.write(figure.periodStart()),
        figure.spent().toString(),
        figure.jumpedFrom().map(BigDecimal::toString).orElse(null));
  }

  @Override
  public Optional<AuditRow> lastAudit() {
    return handle
        .createQuery(
            "SELECT seq, at, who, what, action_id, details, hash FROM audit"
                + " ORDER BY seq DESC LIMIT 1")
        .map((row, context) -> audit(row))
        .findOne();
  }

  @Override
  public void append(AuditRow row) {
    handle.execute(
        "INSERT INTO audit (seq, at, who, what, action_id, details, hash)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row.seq(),
        InstantText.write(row.at()),
        row.who(),
        row.what(),
        row.actionId(),
        StoredTargets.writeTexts(row.details()),
        row.hash());
  }

  @Override
  public List<AuditRow> audit(long afterSeq, int limit) {
    return handle
        .createQuery(
            "SELECT seq, at, who, what, action_id, details, hash FROM audit"
                + " WHERE seq > ? ORDER BY seq LIMIT ?")
        .bind(0, afterSeq)
        .bind(1, limit)
        .map((row, context) -> audit(row))
        .list();
  }

  @Override
  public void put(Hold hold) {
    handle.execute(
        """
        INSERT INTO decision_hold (id, amount, unit, budgets, state, created_at, expires_at,
          closed_at, over_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, state = excluded.state,
          closed_at = excluded.closed_at, over_at = excluded.over_at\
        """,
        hold.id(),
        hold.amount().value().toString(),
        hold.amount().unit().code(),
        String.join(" ", hold.budgets()),
        hold.state().word(),
        InstantText.write(hold.createdAt()),
        InstantText.write(hold.expiresAt()),
        text(hold.closedAt()),
        InstantText.write(hold.overAt()));
  }

  private static final String HOLDS =
      "SELECT id, amount, unit, budgets, state, created_at, expires_at, closed_at"
          + " FROM decision_hold ";

  @Override
  public Optional<Hold> hold(String id) {
    return handle
        .createQuery(HOLDS + "WHERE id = ?")
        .bind(0, id)
        .map((row, context) -> hold(row))
        .findOne();
  }

  @Override
  public List<Hold> holds(Instant now) {
    return handle
        .createQuery(HOLDS + "WHERE over_at > ? ORDER BY over_at, id")
        .bind(0, InstantText.write(now))
        .map((row, context) -> hold(row))
        .list();
  }

  @Override
  public boolean isEnabled() {
    return handle
        .createQuery("SELECT enabled FROM enforcement WHERE id = 1")
        .mapTo(Integer.class)
        .findOne()
        .map(enabled -> enabled == 1)
        .orElse(true);
  }

  @Override
  public void enable(boolean enabled) {
    handle.execute(
        "INSERT INTO enforcement (id, enabled) VALUES (1, ?)"
            + " ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled",
        enabled ? 1 : 0);
  }

  private static Action action(ResultSet row) throws SQLException {
    return new Action(
        row.getString("id"),
        new Action.Kind(
            row.getString("name"),
            row.getString("type"),
            ActionSpec.Mode.valueOf(constant(row.getString("mode"))),
            ActionSpec.Undo.valueOf(constant(row.getString("undo")))),
        new Action.Subject(
            row.getString("policy"),
            row.getString("budget_id"),
            StoredJson.parseDimensions(row.getString("budget_labels")),
            row.getString("rule"),
            row.getString("alert_id"),
            row.getInt("round"),
            row.getString("scope"),
            InstantText.parse(row.getString("period_start")),
            InstantText.parse(row.getString("period_end")),
            Optional.ofNullable(row.getString("unit")).map(Unit::of),
            decimal(row.getString("spent")),
            decimal(row.getString("budget_limit"))),
        new Action.Progress(
            row.getInt("version"),
            Action.State.valueOf(constant(row.getString("state"))),
            Action.Phase.valueOf(constant(row.getString("phase"))),
            StoredTargets.parse(row.getString("targets")),
            row.getString("reason"),
            InstantText.parse(row.getString("created_at")),
            instant(row.getString("due_at")),
            Optional.ofNullable(row.getString("decided_by")),
            Optional.ofNullable(row.getString("outcome")),
            instant(row.getString("acted_at")),
            row.getInt("acted"),
            row.getInt("attempts")));
  }

  private static AuditRow audit(ResultSet row) throws SQLException {
    return new AuditRow(
        row.getLong(1),
        InstantText.parse(row.getString(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        StoredTargets.parseTexts(row.getString(6)),
        row.getString(7));
  }

  private static Hold hold(ResultSet row) throws SQLException {
    String budgets = row.getString(4);
    return new Hold(
        row.getString(1),
        new Amount(new BigDecimal(row.getString(2)), Unit.of(row.getString(3))),
        budgets.isEmpty() ? Set.of() : Set.of(budgets.split(" ")),
        Hold.State.valueOf(constant(row.getString(5))),
        InstantText.parse(row.getString(6)),
        InstantText.parse(row.getString(7)),
        instant(row.getString(8)));
  }

  private static @Nullable String text(Optional<Instant> instant) {
    return instant.map(InstantText::write).orElse(null);
  }

  private static Optional<Instant> instant(@Nullable String text) {
    return Optional.ofNullable(text).map(InstantText::parse);
  }

  private static Optional<BigDecimal> decimal(@Nullable String text) {
    return Optional.ofNullable(text).map(BigDecimal::new);
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
