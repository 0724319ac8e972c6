package dev.spendwarden.sources.ionq;

import dev.spendwarden.charge.Reading;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.KnownCharges;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// IonQ's v0.4 usage, one request a poll: what each day cost, by user or by project. It has no
/// counters and no limits, so it yields charges only.
public final class IonqUsageSource implements Source {

  /// A day's bill may still change after its end; closed periods stay open so long.
  private static final int RESTATED_DAYS = 7;

  private static final Duration LEDGER_AGAIN = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(IonqUsageSource.class);

  private final IonqSettings settings;
  private final GroupBy groupBy;
  private final ProviderApi api;
  private final String path;
  private final KnownCharges known;

  /// Null until the ledger was asked, which outlives a restart.
  private IonqUsage.@Nullable Seen seen;

  /// Which cut of the spend is read. They are cuts of one spend, so there is one at a time.
  public enum GroupBy {
    USER,
    PROJECT
  }

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public IonqUsageSource(
      IonqSettings settings, GroupBy groupBy, GuardedClient client, KnownCharges known) {
    this.known = known;
    this.settings = settings;
    this.groupBy = groupBy;
    this.api = IonqApi.of(settings, client);
    this.path = "/organizations/" + ProviderApi.pathSegment(settings.organization()) + "/usage";
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Duration resolution() {
    return Duration.ofDays(1);
  }

  @Override
  public PollResult poll(PollContext context) {
    LocalDate today = LocalDate.ofInstant(context.now(), ZoneOffset.UTC);
    IonqWindow.Dates window = settings.window().at(context.now());
    LocalDate earliest = LocalDate.ofInstant(context.earliestNeeded(), ZoneOffset.UTC);
    LocalDate first = earlier(earlier(window.first(), earliest), today.minusDays(RESTATED_DAYS));
    // The end is exclusive here: asking for today means asking until tomorrow.
    var asked = new IonqUsage.Days(first, today.plusDays(1));
    String query =
        "?start_date=%s&end_date=%s&group_by=%s&modality=daily"
            .formatted(asked.start(), asked.end(), IonqUsage.word(groupBy));
    IonqUsage.Seen before = seen;
    if (before == null) {
      try {
        before = IonqUsage.Seen.in(known.since(name(), asked.from()), groupBy);
      } catch (IllegalStateException e) {
        // Without it a user who fell out of a day's five would seem to have got money back.
        LOG.warn("ledger_not_readable source={} next_try_in={}", name(), LEDGER_AGAIN, e);
        return new PollResult.Waiting(LEDGER_AGAIN, List.of());
      }
    }
    try {
      byte[] usage = api.get(path + query, context.now());
      Reading reading =
          IonqUsage.read(usage, settings, groupBy, asked, window, before, context.now());
      seen = IonqUsage.Seen.in(reading.charges(), groupBy);
      return new PollResult.Complete(reading, Optional.empty());
    } catch (CallFailure e) {
      return e.asResult();
    } catch (MalformedAnswer e) {
      return new PollResult.Failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }

  private static LocalDate earlier(LocalDate a, LocalDate b) {
    return a.isBefore(b) ? a : b;
  }
}
