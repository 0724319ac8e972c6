package dev.spendwarden.sources.gcore;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.gcore.GcoreExpenses.Window;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.ProviderApi;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gcore's reseller billing: the report tasks and, where wanted, the expenses from the start of the
/// earliest open period to the end of this month, which replace what was known of them. A withdrawn
/// expense is missing from the list and thereby taken back; one that is missing without having been
/// withdrawn makes the poll fail. All pages or nothing.
public final class GcoreSource implements Source {

  private static final String EXPENSES = "/billing/org/v1/expenses";

  /// The month before is still settled until this day: it is collected on the 2nd.
  private static final int SETTLED_ON_DAY = 5;

  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  // A row takes about 2 KB and a page has a hundred; comments may be long.
  private static final long MAX_BYTES = 16L << 20;

  private final GcoreSettings settings;
  private final ProviderApi api;
  private final GcoreTasks tasks;
  private final GcoreWithdrawals withdrawals = new GcoreWithdrawals();
  private @Nullable LocalDate monthBeforeReadOn;

  /// @throws IllegalArgumentException when the base URL is not one that can be asked
  public GcoreSource(GcoreSettings settings, GuardedClient client) {
    this.settings = settings;
    this.tasks = new GcoreTasks(settings);
    this.api =
        new ProviderApi(
            client,
            new ProviderApi.Settings(
                settings.baseUrl(),
                () -> "apikey " + settings.apiKey().get(),
                settings.timeout(),
                MAX_BYTES,
                LONGEST_WAIT,
                GcoreSource::hint));
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
    Instant now = context.now();
    var lists = new GcoreLists(api, now);
    try {
      List<ReportStatus> reports = tasks.read(lists, context.earliestNeeded(), now);
      List<Charge> charges = List.of();
      List<ChargePeriod> coverage = List.of();
      if (settings.expenses()) {
        Window window = window(context);
        List<JsonField> rows = expenses(lists, window, false);
        charges = GcoreExpenses.charges(settings.name(), rows, window);
        withdrawals.check(rows, window, () -> expenses(lists, window, true));
        coverage = List.of(window.span());
        monthBeforeReadOn = day(now);
      }
      return new PollResult.Complete(
          new Reading(
              settings.name(),
              now,
              charges,
              List.of(),
              reports,
              coverage,
              Reading.Vanished.WITHDRAWN),
          Optional.empty());
    } catch (CallFailure e) {
      return e.asResult();
    } catch (MalformedAnswer e) {
      return new PollResult.Failed(FailureReason.MALFORMED, e.detail(), Optional.empty());
    }
  }

  private static List<JsonField> expenses(GcoreLists lists, Window window, boolean withdrawn)
      throws CallFailure, MalformedAnswer {
    // Left to itself the list holds the withdrawn rows beside the others, and rounds.
    String query =
        "?for_date_after=%s&for_date_before=%s&deleted=%s&money_decimals=max"
            .formatted(window.first(), window.last(), withdrawn);
    return lists.read(EXPENSES + query, "id");
  }

  /// From the earliest open period, or the first of the month where that is earlier, to the month's
  /// end: what is already booked ahead counts to the month. On the first days of a month, once a
  /// day, the month before too.
  private Window window(PollContext context) {
    LocalDate today = day(context.now());
    LocalDate month = today.withDayOfMonth(1);
    LocalDate first = day(context.earliestNeeded());
    first = first.isBefore(month) ? first : month;
    if (today.getDayOfMonth() <= SETTLED_ON_DAY && !today.equals(monthBeforeReadOn)) {
      LocalDate monthBefore = month.minusMonths(1);
      first = first.isBefore(monthBefore) ? first : monthBefore;
    }
    return new Window(first, today.withDayOfMonth(today.lengthOfMonth()));
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private static String hint(int status) {
    return switch (status) {
      case 401 -> ": the API key is not valid; a $ in it may have been eaten by a shell";
      case 403 -> ": the API key may not read the account's billing";
      case 404 -> ": the account may have no reseller billing, check base_url";
      case 301, 302, 303, 307, 308 -> ": redirects are not followed, check base_url";
      default -> "";
    };
  }
}
