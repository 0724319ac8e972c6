package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The ledger cut by one selection: a [BudgetSeries] for each combination of `per` values. Kept up
/// to date by the [Ledger] it was registered with. Not thread-safe.
public final class View {

  private final Selection selection;
  private final UnaryOperator<Instant> periodStart;
  private final Predicate<Dimensions> wanted;
  private final Map<Dimensions, BudgetSeries> series = new LinkedHashMap<>();
  private final Set<String> estimating = new HashSet<>();

  /// @param periodStart the start of the budget period that contains an instant: counters are reset
  ///   there
  public View(Selection selection, UnaryOperator<Instant> periodStart) {
    this(selection, periodStart, labels -> true);
  }

  /// @param wanted says of the labels of a budget whether it is to be kept here at all
  public View(
      Selection selection, UnaryOperator<Instant> periodStart, Predicate<Dimensions> wanted) {
    this.selection = selection;
    this.periodStart = periodStart;
    this.wanted = wanted;
  }

  public Selection selection() {
    return selection;
  }

  public Collection<BudgetSeries> series() {
    return series.values();
  }

  public Optional<BudgetSeries> series(Dimensions labels) {
    return Optional.ofNullable(series.get(labels));
  }

  /// The one budget of a policy without `per`: it exists before its first charge, so that no spend
  /// is a known zero.
  public void openWhole() {
    if (selection.per().isEmpty()) {
      of(Dimensions.NONE);
    }
  }

  /// Tells the view that `source` makes estimates: until one has come, the pace of its budgets
  /// inside a day is not known. Call before any figures come.
  public void expectEstimates(String source) {
    if (selection.kind() == Selection.Kind.SPEND && selection.sources().contains(source)) {
      estimating.add(source);
      series.values().forEach(one -> one.expectEstimates(source));
    }
  }

  /// An estimate opens no budget: what has not been charged yet has none.
  void accept(String source, Estimate estimate) {
    if (selection.kind() != Selection.Kind.SPEND || !selection.sources().contains(source)) {
      return;
    }
    estimating.add(source);
    var byLabels = new HashMap<Dimensions, List<Charge>>();
    for (Charge charge : estimate.charges()) {
      if (selection.matches(source, charge.dimensions(), charge.unit())) {
        byLabels
            .computeIfAbsent(
                selection.labelsOf(source, charge.dimensions(), charge.unit()),
                labels -> new ArrayList<>())
            .add(charge);
      }
    }
    series.forEach((labels, one) ->
        one.accept(
            source, new Estimate(estimate.covered(), byLabels.getOrDefault(labels, List.of()))));
  }

  void accept(Posting posting) {
    switch (selection.kind()) {
      case SPEND -> posting.charges().forEach(this::accept);
      case QUOTA -> posting.quotas().forEach(this::accept);
      case REPORTS -> posting.reports().forEach(this::accept);
    }
  }

  private void accept(ChargeRevision revision) {
    var charge = revision.charge();
    if (selection.matches(charge.source(), charge.dimensions(), charge.unit())) {
      of(selection.labelsOf(charge.source(), charge.dimensions(), charge.unit()))
          .ifPresent(one -> one.accept(revision));
    }
  }

  private void accept(QuotaRevision revision) {
    var reading = revision.reading();
    boolean ofUsers = selection.per().contains(Dimension.USER);
    boolean isUsers = reading.scope().get(Dimension.USER).isPresent();
    if (ofUsers == isUsers
        && selection.matches(reading.source(), reading.scope(), reading.unit())) {
      of(selection.labelsOf(reading.source(), reading.scope(), reading.unit()))
          .ifPresent(one -> one.accept(revision, periodStart.apply(revision.knownAt())));
    }
  }

  private void accept(ReportRevision revision) {
    var status = revision.status();
    Dimensions type = Dimensions.of(Dimension.REPORT_TYPE, status.type());
    if (selection.matches(status.source(), type, null)) {
      of(selection.labelsOf(status.source(), type, null)).ifPresent(one -> one.accept(revision));
    }
  }

  /// The series with these labels, opened when it is new; empty when it is not wanted.
  private Optional<BudgetSeries> of(Dimensions labels) {
    @Nullable BudgetSeries known = series.get(labels);
    if (known == null && wanted.test(labels)) {
      known = new BudgetSeries(labels);
      estimating.forEach(known::expectEstimates);
      series.put(labels, known);
    }
    return Optional.ofNullable(known);
  }

  /// Drops what vanished before `periodStart` and the budgets that have nothing left.
  public void forgetVanished(Instant periodStart) {
    series.values().forEach(one -> one.dropVanishedBefore(periodStart));
    if (!selection.per().isEmpty()) {
      series.values().removeIf(one -> !one.hasFigures());
    }
  }
}
