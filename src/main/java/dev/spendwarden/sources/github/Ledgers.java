package dev.spendwarden.sources.github;

import dev.spendwarden.charge.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which report is the ledger of which usage, so that nothing is counted twice. The reports
/// overlap: an AI credit stands in the detailed, in the summarized and in the AI credit report.
///
/// Usage is told apart by its unit. AI credits are booked from the `ai_credit` report where that is
/// configured, premium requests from `premium_request`, everything else (and they too where their
/// own report is not configured) from `detailed`, else from `summarized`; the rows of the other
/// reports are passed over. What no configured report is the ledger of is booked where it stands.
///
/// @param configured every report that is read
record Ledgers(List<ReportType> configured) {

  static final Unit AI_CREDITS = Unit.of("ai_credits");
  static final Unit PREMIUM_REQUESTS = Unit.of("premium_requests");

  private static final Pattern WORD_BEGINS = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s_-]+");

  Ledgers {
    configured = List.copyOf(configured);
  }

  /// Whether a row of `report` that counts in `unit` is booked.
  boolean books(ReportType report, Optional<Unit> unit) {
    return report == ledgerOf(unit).orElse(report);
  }

  private Optional<ReportType> ledgerOf(Optional<Unit> unit) {
    if (unit.equals(Optional.of(AI_CREDITS)) && configured.contains(ReportType.AI_CREDIT)) {
      return Optional.of(ReportType.AI_CREDIT);
    }
    if (unit.equals(Optional.of(PREMIUM_REQUESTS))
        && configured.contains(ReportType.PREMIUM_REQUEST)) {
      return Optional.of(ReportType.PREMIUM_REQUEST);
    }
    // Credits and requests stand in reports of their own only, so that the order of the last two
    // matters for rows GitHub does not document.
    return List.of(
            ReportType.DETAILED,
            ReportType.SUMMARIZED,
            ReportType.AI_CREDIT,
            ReportType.PREMIUM_REQUEST)
        .stream()
        .filter(configured::contains)
        .findFirst();
  }

  /// Our name of a `unit_type`: `user-months` is `user_months`, `credits` are `ai_credits`,
  /// `requests` are `premium_requests`.
  ///
  /// @return empty when no unit can be made of it
  static Optional<Unit> unit(String unitType) {
    String snake =
        BETWEEN_WORDS
            .matcher(WORD_BEGINS.matcher(unitType.strip()).replaceAll("_"))
            .replaceAll("_")
            .toLowerCase(Locale.ROOT);
    String ours =
        switch (snake) {
          case "credit", "credits", "ai_credit" -> AI_CREDITS.code();
          case "request", "requests", "premium_request" -> PREMIUM_REQUESTS.code();
          default -> snake;
        };
    return Unit.isValid(ours) ? Optional.of(Unit.of(ours)) : Optional.empty();
  }
}
