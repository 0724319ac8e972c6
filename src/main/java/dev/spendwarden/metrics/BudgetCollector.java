package dev.spendwarden.metrics;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.metrics.SeriesPlan.Kept;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.SourceHealth;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gauges of budgets, alerts, sources and their report tasks, written from the newest snapshot.
///
/// They do not pass through the meter registry: a hundred thousand budgets would be a million
/// meters to keep in step with the snapshot and to copy at each scrape. Thread-safe.
public final class BudgetCollector {

  private static final Logger LOG = LoggerFactory.getLogger(BudgetCollector.class);

  private static final List<Alert.State> LIVE = List.of(Alert.State.PENDING, Alert.State.FIRING);

  private final Supplier<Snapshot> snapshots;
  private final Supplier<List<SourceHealth>> sources;
  private final IntSupplier maxSeriesPerPolicy;
  private final LongConsumer dropped;

  private final Object planning = new Object();
  private @Nullable SeriesPlan plan;
  private int planMax;
  private Map<String, Long> droppedBefore = Map.of();

  /// @param maxSeriesPerPolicy asked at each scrape, so that a reload takes effect
  /// @param dropped told how many series were left out that were not left out before
  public BudgetCollector(
      Supplier<Snapshot> snapshots,
      Supplier<List<SourceHealth>> sources,
      IntSupplier maxSeriesPerPolicy,
      LongConsumer dropped) {
    this.snapshots = snapshots;
    this.sources = sources;
    this.maxSeriesPerPolicy = maxSeriesPerPolicy;
    this.dropped = dropped;
  }

  /// The plan of the newest snapshot: made once for each snapshot, however often it is scraped.
  SeriesPlan plan() {
    synchronized (planning) {
      Snapshot snapshot = snapshots.get();
      int max = maxSeriesPerPolicy.getAsInt();
      if (plan == null || plan.snapshot() != snapshot || planMax != max) {
        plan = SeriesPlan.of(snapshot, max);
        planMax = max;
        long more = 0;
        for (var entry : plan.droppedByPolicy().entrySet()) {
          long before = droppedBefore.getOrDefault(entry.getKey(), 0L);
          if (before == 0) {
            LOG.warn(
                "series_dropped policy={} series={}: the rest is summed as other; raise"
                    + " metrics.max_series_per_policy, or let fewer labels make budgets",
                entry.getKey(),
                entry.getValue());
          }
          more += Math.max(0, entry.getValue() - before);
        }
        droppedBefore = plan.droppedByPolicy();
        dropped.accept(more);
      }
      return plan;
    }
  }

  void write(SeriesPlan plan, SampleWriter out) throws IOException {
    writeAmounts(plan, out);
    writeRatios(plan, out);
    writeForecasts(plan, out);
    writeAlerts(plan.snapshot(), out);
    writeWaivers(plan.snapshot(), out);
    writeSources(out);
    ReportSamples.write(plan.snapshot().reports(), out);
  }

  private static void writeAmounts(SeriesPlan plan, SampleWriter out) throws IOException {
    out.gauges("spendwarden_budget_spent", "Spent in the budget's period, in its unit.");
    for (Kept kept : plan.kept()) {
      if (kept.assessment().spent().isPresent()) {
        out.sample(kept.labels(), kept.assessment().spent().get());
      }
    }
    for (var other : plan.others()) {
      out.sample(other.labels(), other.spent());
    }
    out.gauges("spendwarden_budget_limit", "What the budget may spend in its period.");
    for (Kept kept : plan.kept()) {
      if (kept.assessment().limit().isPresent()) {
        out.sample(kept.labels(), kept.assessment().limit().get());
      }
    }
    for (var other : plan.others()) {
      if (other.limit() != null) {
        out.sample(other.labels(), other.limit());
      }
    }
  }

  private static void writeRatios(SeriesPlan plan, SampleWriter out) throws IOException {
    out.gauges("spendwarden_budget_used_ratio", "Spent divided by the limit.");
    each(plan, out, kept -> orNaN(kept.assessment().used()));
    out.gauges("spendwarden_budget_elapsed_ratio", "Share of the budget's period that is gone.");
    each(plan, out, kept -> orNaN(kept.assessment().elapsed()));
    out.gauges(
        "spendwarden_budget_burn_rate",
        "Pace over the window against the pace that spends the limit exactly by the period's end.");
    var windows = new HashMap<String, byte[]>();
    for (Kept kept : plan.kept()) {
      for (var burn : kept.assessment().burn().entrySet()) {
        byte[] window =
            windows.computeIfAbsent(
                burn.getKey(),
                text -> SampleWriter.utf8(new Labels().add("window", text).toString()));
        out.sample(kept.labels(), window, burn.getValue());
      }
    }
  }

  private static void writeForecasts(SeriesPlan plan, SampleWriter out) throws IOException {
    byte[] p10 = SampleWriter.utf8("percentile=\"10\"");
    byte[] p50 = SampleWriter.utf8("percentile=\"50\"");
    byte[] p90 = SampleWriter.utf8("percentile=\"90\"");
    out.gauges("spendwarden_budget_forecast", "Spend expected at the period's end.");
    for (Kept kept : plan.kept()) {
      if (kept.assessment().forecast().isPresent()) {
        var forecast = kept.assessment().forecast().get();
        out.sample(kept.labels(), p10, forecast.p10());
        out.sample(kept.labels(), p50, forecast.p50());
        out.sample(kept.labels(), p90, forecast.p90());
      }
    }
    out.gauges(
        "spendwarden_budget_over_probability", "Probability that the period ends above the limit.");
    each(plan, out, k -> k.assessment().forecast().map(f -> f.probOver()).orElse(Double.NaN));
    out.gauges(
        "spendwarden_budget_exhaustion_timestamp_seconds",
        "When the limit is reached at the present pace.");
    each(plan, out, kept -> SeriesPlan.exhaustionSeconds(kept.assessment()));
    out.gauges("spendwarden_budget_period_end_timestamp_seconds", "When the period ends.");
    each(plan, out, kept -> SeriesPlan.periodEndSeconds(kept.assessment()));
    out.gauges(
        "spendwarden_forecast_error_ratio",
        "How far the median forecast was off on average, as a share of what the period cost.");
    for (var entry : new TreeMap<>(plan.snapshot().scores()).entrySet()) {
      out.sample(
          SampleWriter.utf8(label("policy", entry.getKey())),
          entry.getValue().meanAbsolutePercentageError());
    }
  }

  private static void writeAlerts(Snapshot snapshot, SampleWriter out) throws IOException {
    var counts = new TreeMap<String, int[]>();
    snapshot.policies().keySet().forEach(policy -> counts.put(policy, newCounts()));
    for (var view : snapshot.budgets().values()) {
      view.alert()
          .filter(alert -> LIVE.contains(alert.state()))
          .ifPresent(alert ->
              counts
                  .computeIfAbsent(alert.policy(), _ -> newCounts())[
                  index(alert.severity(), alert.state())]++);
    }
    out.gauges("spendwarden_alerts", "Alerts that are pending or firing.");
    for (var entry : counts.entrySet()) {
      for (Severity severity : Severity.values()) {
        for (Alert.State state : LIVE) {
          var labels =
              new Labels()
                  .add("policy", entry.getKey())
                  .add("severity", severity.word())
                  .add("state", state.word());
          out.sample(
              SampleWriter.utf8(labels.toString()), entry.getValue()[index(severity, state)]);
        }
      }
    }
  }

  private static void writeWaivers(Snapshot snapshot, SampleWriter out) throws IOException {
    out.gauges("spendwarden_waivers", "Waivers in force: raised limits and mutes.");
    for (var entry : new TreeMap<>(snapshot.policies()).entrySet()) {
      long inForce =
          entry.getValue().waivers().stream()
              .filter(waiver -> snapshot.at().isBefore(waiver.until()))
              .count();
      out.sample(SampleWriter.utf8(label("policy", entry.getKey())), inForce);
    }
  }

  private static int[] newCounts() {
    return new int[SeriesPlan.ALERT_SERIES];
  }

  private static int index(Severity severity, Alert.State state) {
    return severity.ordinal() * LIVE.size() + LIVE.indexOf(state);
  }

  private void writeSources(SampleWriter out) throws IOException {
    var labelled = new TreeMap<String, SourceHealth>();
    sources.get().forEach(health -> labelled.put(label("source", health.name()), health));
    out.gauges(
        "spendwarden_source_up", "Whether the latest poll was good; 0 before the first one.");
    for (var entry : labelled.entrySet()) {
      SourceHealth health = entry.getValue();
      boolean up = health.failure().isEmpty() && health.lastPoll().isPresent();
      out.sample(SampleWriter.utf8(entry.getKey()), up ? 1 : 0);
    }
    out.gauges("spendwarden_source_failure", "1 for the reason why the latest poll failed.");
    for (var entry : labelled.entrySet()) {
      for (FailureReason reason : FailureReason.values()) {
        boolean isIt = entry.getValue().failure().filter(reason::equals).isPresent();
        byte[] more = SampleWriter.utf8(label("reason", reason.word()));
        out.sample(SampleWriter.utf8(entry.getKey()), more, isIt ? 1 : 0);
      }
    }
    out.gauges("spendwarden_source_last_success_timestamp_seconds", "When a poll was last good.");
    for (var entry : labelled.entrySet()) {
      var at = entry.getValue().lastSuccess().map(SeriesPlan::seconds).orElse(Double.NaN);
      out.sample(SampleWriter.utf8(entry.getKey()), at);
    }
    out.gauges("spendwarden_source_data_timestamp_seconds", "As of when the newest good data is.");
    for (var entry : labelled.entrySet()) {
      var at = entry.getValue().dataAsOf().map(SeriesPlan::seconds).orElse(Double.NaN);
      out.sample(SampleWriter.utf8(entry.getKey()), at);
    }
  }

  private static void each(SeriesPlan plan, SampleWriter out, ToDoubleFunction<Kept> value)
      throws IOException {
    for (Kept kept : plan.kept()) {
      out.sample(kept.labels(), value.applyAsDouble(kept));
    }
  }

  private static double orNaN(OptionalDouble value) {
    return value.orElse(Double.NaN);
  }

  private static String label(String name, String value) {
    return new Labels().add(name, value).toString();
  }
}
