package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that one look changed, to be stored in one transaction.
///
/// @param posting the reading's revisions, where there was a reading
/// @param statuses sources whose status changed
/// @param changed alerts as they are now
/// @param forgotten pending alerts that cleared before they fired
/// @param transitions what to tell, in order
/// @param hushed what happened and is told nobody for now, in order
/// @param forecasts made now, to be kept until they can be scored
/// @param scored periods whose forecasts were scored now
/// @param owed by alert id, what was not told of it; empty: nothing any more
public record Outcome(
    Optional<Posting> posting,
    List<SourceStatus> statuses,
    List<Alert> changed,
    List<Alert> forgotten,
    List<Transition> transitions,
    List<Transition> hushed,
    Map<String, Optional<Owed>> owed,
    List<ForecastRecord> forecasts,
    List<ScoredPeriod> scored) {

  public Outcome {
    statuses = List.copyOf(statuses);
    changed = List.copyOf(changed);
    forgotten = List.copyOf(forgotten);
    transitions = List.copyOf(transitions);
    hushed = List.copyOf(hushed);
    forecasts = List.copyOf(forecasts);
    scored = List.copyOf(scored);
    owed = Collections.unmodifiableMap(new LinkedHashMap<>(owed));
  }

  public boolean isEmpty() {
    return posting.map(Posting::isEmpty).orElse(true)
        && statuses.isEmpty()
        && changed.isEmpty()
        && forgotten.isEmpty()
        && transitions.isEmpty()
        && owed.isEmpty()
        && forecasts.isEmpty()
        && scored.isEmpty();
  }

  /// The same with other transitions told.
  Outcome told(List<Transition> told, List<Transition> hushed, Map<String, Optional<Owed>> owed) {
    return new Outcome(
        posting, statuses, changed, forgotten, told, hushed, owed, forecasts, scored);
  }

  /// Gathers an outcome step by step. Of one alert the last word counts: a pending one that its
  /// rewritten policy ends begins anew in the same look, under the same id.
  static final class Builder {
    private Optional<Posting> posting = Optional.empty();
    private final List<SourceStatus> statuses = new ArrayList<>();
    private final Map<String, Alert> changed = new LinkedHashMap<>();
    private final Map<String, Alert> forgotten = new LinkedHashMap<>();
    private final List<Transition> transitions = new ArrayList<>();
    private final List<ForecastRecord> forecasts = new ArrayList<>();
    private final List<ScoredPeriod> scored = new ArrayList<>();

    void forecast(ForecastRecord forecast) {
      forecasts.add(forecast);
    }

    void scored(ScoredPeriod period) {
      scored.add(period);
    }

    void posting(Posting posted) {
      posting = Optional.of(posted);
    }

    void status(SourceStatus status) {
      statuses.add(status);
    }

    void changed(Alert alert) {
      forgotten.remove(alert.id());
      changed.put(alert.id(), alert);
    }

    void forgotten(Alert alert) {
      changed.remove(alert.id());
      forgotten.put(alert.id(), alert);
    }

    void transition(Transition transition) {
      transitions.add(transition);
    }

    Outcome build() {
      return new Outcome(
          posting,
          statuses,
          List.copyOf(changed.values()),
          List.copyOf(forgotten.values()),
          transitions,
          List.of(),
          Map.of(),
          forecasts,
          scored);
    }
  }
}
