package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.GuardedClient;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// Anthropic's cost report by day, workspace and kind of cost: every page, or no reading. What was
/// charged on a day that was read and is no longer listed has been withdrawn.
public final class AnthropicSource implements Source {

  private static final Duration DAY = Duration.ofDays(1);

  private final AnthropicSettings settings;
  private final AdminApi api;

  // Only polls touch it, and there is one at a time.
  private ReadPlan plan = ReadPlan.NOTHING_READ;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public AnthropicSource(AnthropicSettings settings, GuardedClient client) {
    this.settings = settings;
    this.api = new AdminApi(settings, client);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Duration resolution() {
    return DAY;
  }

  @Override
  public PollResult poll(PollContext context) {
    Instant now = context.now();
    LocalDate first = plan.firstDay(now, context.earliestNeeded());
    var costs = new CostReport(first, now);
    var usage = new UsageReport(now);
    Optional<PollResult.Failed> failure =
        api.read(CostReport.query(first), now, costs::add)
            .or(() -> partial(costs.gap()))
            .or(() -> settings.fineBurn() ? read(usage, now) : Optional.empty());
    if (failure.isPresent()) {
      return failure.get();
    }
    List<Charge> charges = costs.charges(name());
    Optional<Estimate> estimate =
        settings.fineBurn() ? Optional.of(estimate(charges, usage, now)) : Optional.empty();
    plan = plan.read(first, now, context.earliestNeeded());
    return new PollResult.Complete(
        new Reading(
            name(),
            now,
            charges,
            List.of(),
            List.of(),
            List.of(costs.span()),
            Reading.Vanished.WITHDRAWN,
            estimate),
        Optional.empty());
  }

  // Without it the pace inside the day would silently be another one: no half reading here, either.
  private Optional<PollResult.Failed> read(UsageReport usage, Instant now) {
    return api.read(usage.query(), now, usage::add).or(() -> partial(usage.gap()));
  }

  private Estimate estimate(List<Charge> charges, UsageReport usage, Instant now) {
    LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
    return TokenPrices.of(ChargePeriod.ofUtcDay(yesterday), charges, usage.tokens())
        .estimate(name(), usage.settled(), usage.tokens());
  }

  private static Optional<PollResult.Failed> partial(Optional<String> gap) {
    return gap.map(what -> new PollResult.Failed(FailureReason.PARTIAL, what, Optional.empty()));
  }
}
