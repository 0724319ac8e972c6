package dev.spendwarden.sources.ionq;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.util.Optional;

/// IonQ's v0.3 organization report, one request a poll. Every poll shows the running total of its
/// window, so that burn rates come from the difference of polls.
public final class IonqSource implements Source {

  private final IonqSettings settings;
  private final ProviderApi api;
  private final String path;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public IonqSource(IonqSettings settings, GuardedClient client) {
    this.settings = settings;
    this.api = IonqApi.of(settings, client);
    this.path = "/report/organizations/" + ProviderApi.pathSegment(settings.organization());
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
    IonqWindow.Dates dates = settings.window().at(context.now());
    String query = "?start_date=" + dates.first() + "&end_date=" + dates.last();
    try {
      byte[] report = api.get(path + query, context.now());
      return new PollResult.Complete(
          IonqReport.read(report, settings, dates, context.now()), Optional.empty());
    } catch (CallFailure e) {
      return e.asResult();
    } catch (MalformedAnswer e) {
      return new PollResult.Failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }
}
