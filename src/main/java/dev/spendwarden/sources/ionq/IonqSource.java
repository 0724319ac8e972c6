package dev.spendwarden.sources.ionq;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// IonQ's v0.3 organization report. Every poll shows the running total of its window, so that burn
/// rates come from the difference of polls. One request a poll; a second one after it where a
/// window that is over is due to be looked at again, which may fail without harm to the first.
public final class IonqSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(IonqSource.class);

  private final IonqSettings settings;
  private final ProviderApi api;
  private final String path;
  private final ClosedWindows closed;

  /// A window that is over, whose charges are in the latest reading.
  private IonqWindow.@Nullable Dates handedOver;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public IonqSource(IonqSettings settings, GuardedClient client) {
    this.settings = settings;
    this.api = IonqApi.of(settings, client);
    this.path = "/report/organizations/" + ProviderApi.pathSegment(settings.organization());
    this.closed = new ClosedWindows(settings.window());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public Duration resolution() {
    return Duration.ZERO;
  }

  @Override
  public PollResult poll(PollContext context) {
    handedOver = null;
    IonqWindow.Dates dates = settings.window().at(context.now());
    try {
      Reading present = IonqReport.read(ask(dates, context), settings, dates, context.now());
      Optional<IonqWindow.Dates> due = closed.due(context.now());
      Reading reading = due.isPresent() ? withClosed(present, due.get(), context) : present;
      return new PollResult.Complete(reading, Optional.empty());
    } catch (CallFailure e) {
      return e.asResult();
    } catch (MalformedAnswer e) {
      return new PollResult.Failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }

  @Override
  public void accepted(Reading reading) {
    IonqWindow.@Nullable Dates dates = handedOver;
    if (dates != null) {
      closed.read(dates, reading.asOf());
    }
  }

  private byte[] ask(IonqWindow.Dates dates, PollContext context) throws CallFailure {
    String query = "?start_date=" + dates.first() + "&end_date=" + dates.last();
    return api.get(path + query, context.now());
  }

  /// The present window as it was read, and the one that is over beside it when it can be read.
  private Reading withClosed(Reading present, IonqWindow.Dates over, PollContext context) {
    List<Charge> late;
    try {
      late = IonqReport.closed(ask(over, context), settings, over, context.now());
    } catch (CallFailure e) {
      return notRead(present, over, context, e.asResult().reason(), e.asResult().detail());
    } catch (MalformedAnswer e) {
      return notRead(present, over, context, FailureReason.MALFORMED, e.detail());
    }
    handedOver = over;
    List<Charge> both = new ArrayList<>(present.charges());
    both.addAll(late);
    List<ChargePeriod> coverage = new ArrayList<>(present.coverage());
    coverage.add(over.span());
    return new Reading(
        present.source(),
        present.asOf(),
        both,
        present.quotas(),
        present.reports(),
        coverage,
        present.vanished());
  }

  /// The poll is good all the same, so that nobody else would hear of it.
  private Reading notRead(
      Reading present,
      IonqWindow.Dates over,
      PollContext context,
      FailureReason reason,
      String detail) {
    if (closed.failed(over, context.now())) {
      LOG.warn(
          "closed_window_not_read source={} window={}..{} reason={} next_try_in={} detail={}",
          settings.name(),
          over.first(),
          over.last(),
          reason.word(),
          ClosedWindows.TRY_AGAIN,
          detail);
    }
    return present;
  }
}
