package dev.spendwarden.enforce;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An [EnforceStore] that forgets all when it goes. Without transactions: what is written stays.
public final class InMemoryEnforceStore implements EnforceStore {

  private final Map<String, Action> actions = new LinkedHashMap<>();
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final Map<String, Hold> holds = new LinkedHashMap<>();
  private final List<AuditRow> audit = new ArrayList<>();
  private boolean enabled = true;

  @Override
  public void put(Action action) {
    actions.put(action.id(), action);
  }

  @Override
  public Optional<Action> find(String id) {
    return Optional.ofNullable(actions.get(id));
  }

  private Stream<Action> named(String name) {
    return actions.values().stream().filter(action -> action.kind().name().equals(name));
  }

  @Override
  public Optional<Action> newest(String action, String alertId) {
    return named(action)
        .filter(a -> a.subject().alertId().equals(alertId))
        .max(Comparator.comparing(a -> a.subject().round()));
  }

  @Override
  public List<Action> inForce(String action, String budgetId, Instant periodStart) {
    return named(action)
        .filter(a -> a.subject().budgetId().equals(budgetId))
        .filter(a -> a.subject().periodStart().equals(periodStart))
        .filter(a -> a.state() == Action.State.DONE || a.state() == Action.State.FAILED)
        .filter(Action::hasDone)
        .toList();
  }

  @Override
  public List<Action> due(Instant now, int limit) {
    return live().stream()
        .filter(a -> !a.progress().dueAt().orElseThrow().isAfter(now))
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<Instant> nextDue() {
    return live().stream()
        .map(a -> a.progress().dueAt().orElseThrow())
        .min(Comparator.naturalOrder());
  }

  @Override
  public List<Action> live() {
    return actions.values().stream().filter(a -> a.progress().dueAt().isPresent()).toList();
  }

  @Override
  public List<Action> page(int offset, int limit) {
    return new ArrayList<>(actions.values()).reversed().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public long acted(String action, Instant since) {
    return named(action)
        .filter(a -> a.progress().actedAt().map(since::isBefore).orElse(false))
        .mapToLong(a -> a.progress().acted())
        .sum();
  }

  @Override
  public List<Figure> figures() {
    return List.copyOf(figures.values());
  }

  @Override
  public void put(Figure figure) {
    figures.put(figure.budgetId(), figure);
  }

  @Override
  public Optional<AuditRow> lastAudit() {
    return audit.isEmpty() ? Optional.empty() : Optional.of(audit.getLast());
  }

  @Override
  public void append(AuditRow row) {
    audit.add(row);
  }

  @Override
  public List<AuditRow> audit(long afterSeq, int limit) {
    return audit.stream().filter(row -> row.seq() > afterSeq).limit(limit).toList();
  }

  @Override
  public void put(Hold hold) {
    holds.put(hold.id(), hold);
  }

  @Override
  public Optional<Hold> hold(String id) {
    return Optional.ofNullable(holds.get(id));
  }

  @Override
  public List<Hold> holds(Instant now) {
    return holds.values().stream().filter(hold -> hold.overAt().isAfter(now)).toList();
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public void enable(boolean on) {
    enabled = on;
  }
}
