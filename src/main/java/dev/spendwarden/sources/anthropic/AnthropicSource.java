package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.Reading;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.GuardedClient;
import java.time.Duration;
import java.time.LocalDate;
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
    LocalDate first = plan.firstDay(context.now(), context.earliestNeeded());
    var costs = new CostReport(first, context.now());
    Optional<PollResult.Failed> failure =
        api.read(CostReport.query(first), context.now(), costs::add).or(() -> partial(costs.gap()));
    if (failure.isPresent()) {
      return failure.get();
    }
    plan = plan.read(first, context.now(), context.earliestNeeded());
    return new PollResult.Complete(
        new Reading(
            name(),
            context.now(),
            costs.charges(name()),
            List.of(),
            List.of(),
            List.of(costs.span()),
            Reading.Vanished.WITHDRAWN),
        Optional.empty());
  }

  private static Optional<PollResult.Failed> partial(Optional<String> gap) {
    return gap.map(what -> new PollResult.Failed(FailureReason.PARTIAL, what, Optional.empty()));
  }
}
