package dev.spendwarden.policy;

import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment.Contributor;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the [Evaluator] worked out for one budget and need not work out again while the budget's
/// figures, its policy and its period are the same. It decides nothing: with an empty one every
/// answer is the same, only later. Not thread-safe.
public final class Recall {

  final Outlook outlook = new Outlook();
  private @Nullable Known known;

  /// @param revision of the series
  /// @param measure what was spent of what
  /// @param completeness of the period's figures
  record Known(
      long revision, Policy policy, Period period, Measure measure, DataState completeness) {

    boolean isOf(long nowRevision, Policy nowPolicy, Period nowPeriod) {
      return revision == nowRevision && policy == nowPolicy && period.equals(nowPeriod);
    }
  }

  private @Nullable List<Contributor> contributors;

  /// The newest pace over each window that was asked for; as few as a policy's rules have windows.
  private Pace[] paces = new Pace[0];

  /// @param revision of the series
  /// @param at when it was measured, and on data of when
  /// @param until up to when and to which data it stays the same
  private record Pace(
      Duration window,
      Unit unit,
      long revision,
      Instant at,
      Instant dataAsOf,
      Instant until,
      Instant dataUntil,
      double perSecond) {

    boolean stands(Unit asked, long nowRevision, Instant now, Instant nowDataAsOf) {
      return unit.equals(asked)
          && revision == nowRevision
          && !now.isBefore(at)
          && now.isBefore(until)
          && !nowDataAsOf.isBefore(dataAsOf)
          && nowDataAsOf.isBefore(dataUntil);
    }
  }

  /// [BudgetSeries#pace] in units a second; measured again only when it has changed.
  double perSecond(
      BudgetSeries series,
      Duration window,
      Instant now,
      Instant dataAsOf,
      Unit unit,
      boolean gross) {
    int index = 0;
    while (index < paces.length && !paces[index].window().equals(window)) {
      index++;
    }
    if (index < paces.length && paces[index].stands(unit, series.revision(), now, dataAsOf)) {
      return paces[index].perSecond();
    }
    double perSecond = series.pace(window, now, dataAsOf, unit, gross).perSecond();
    if (index == paces.length) {
      paces = Arrays.copyOf(paces, index + 1);
    }
    paces[index] =
        new Pace(
            window,
            unit,
            series.revision(),
            now,
            dataAsOf,
            series.stepLeaves(window, now),
            series.nextBucket(dataAsOf),
            perSecond);
    return perSecond;
  }

  @Nullable Known known(long revision, Policy policy, Period period) {
    return known != null && known.isOf(revision, policy, period) ? known : null;
  }

  void know(Known now) {
    known = now;
    contributors = null;
  }

  /// Forgets the figures, not what was forecast: that holds for a while whoever asks.
  public void forget() {
    known = null;
    contributors = null;
    paces = new Pace[0];
  }

  /// The largest parts of what is known; null before they were asked for.
  @Nullable List<Contributor> contributors() {
    return contributors;
  }

  void contributors(List<Contributor> parts) {
    contributors = parts;
  }
}
