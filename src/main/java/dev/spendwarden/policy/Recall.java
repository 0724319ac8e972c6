package dev.spendwarden.policy;

import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment.Contributor;
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
  }

  /// The largest parts of what is known; null before they were asked for.
  @Nullable List<Contributor> contributors() {
    return contributors;
  }

  void contributors(List<Contributor> parts) {
    contributors = parts;
  }
}
