package dev.spendwarden.enforce;

import dev.spendwarden.charge.Names;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where actions, their audit, trusted figures, holds and the kill switch are kept. Implemented by
/// `store`; every method runs inside the caller's transaction, may block, and fails with an
/// unchecked exception when the database does.
public interface EnforceStore {

  /// Adds the action or replaces it.
  void put(Action action);

  Optional<Action> find(String id);

  /// The newest round of an action on an alert.
  Optional<Action> newest(String action, String alertId);

  /// Actions of this name on the budget in the period that are done or failed after some of it was
  /// done: what they changed is in force.
  List<Action> inForce(String action, String budgetId, Instant periodStart);

  /// What waits for a time at or before `now`, the longest due first.
  List<Action> due(Instant now, int limit);

  /// The same of some policies only.
  default List<Action> due(Instant now, int limit, Names policies) {
    return due(now, Integer.MAX_VALUE).stream()
        .filter(action -> policies.has(action.subject().policy()))
        .limit(limit)
        .toList();
  }

  Optional<Instant> nextDue();

  /// The same of some policies only.
  default Optional<Instant> nextDue(Names policies) {
    return due(Instant.MAX, 1, policies).stream()
        .findFirst()
        .flatMap(action -> action.progress().dueAt());
  }

  /// Done with an undo, or open: everything that may still go on.
  List<Action> live();

  /// Newest first.
  List<Action> page(int offset, int limit);

  /// How many targets the action acted on since.
  long acted(String action, Instant since);

  List<Figure> figures();

  void put(Figure figure);

  Optional<AuditRow> lastAudit();

  /// Appends the row, which must follow the last one.
  void append(AuditRow row);

  /// Rows with a higher `seq`, oldest first.
  List<AuditRow> audit(long afterSeq, int limit);

  void put(Hold hold);

  Optional<Hold> hold(String id);

  /// Holds that may count at `now` or later.
  List<Hold> holds(Instant now);

  /// The kill switch: false after somebody has switched enforcement off.
  boolean isEnabled();

  void enable(boolean enabled);
}
