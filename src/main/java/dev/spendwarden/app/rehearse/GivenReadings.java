package dev.spendwarden.app.rehearse;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.yaml.PolicyTest.Given;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One source of a policy test: answers every poll with all that was given up to then, each figure
/// until another one replaced it.
final class GivenReadings {

  private record QuotaKey(Dimensions scope, Unit unit) {}

  private record ChargeKey(ChargePeriod period, Dimensions dimensions, Unit unit) {}

  private final String source;
  private final Map<QuotaKey, QuotaReading> quotas = new LinkedHashMap<>();
  private final Map<ChargeKey, Charge> charges = new LinkedHashMap<>();
  private final Map<String, ReportStatus> reports = new LinkedHashMap<>();
  private final Map<String, String> newestReport = new HashMap<>();
  private Instant failsUntil = Instant.MIN;

  GivenReadings(String source) {
    this.source = source;
  }

  void take(Given given) {
    switch (given) {
      case Given.Quota(Instant _, QuotaReading reading) ->
          quotas.put(new QuotaKey(reading.scope(), reading.unit()), reading);
      case Given.Spend(Instant _, Charge charge) ->
          charges.put(new ChargeKey(charge.period(), charge.dimensions(), charge.unit()), charge);
      case Given.Report report -> take(report);
      case Given.Failure failure -> {
        Instant end = failure.at().plus(failure.length());
        failsUntil = end.isAfter(failsUntil) ? end : failsUntil;
      }
      case Given.Silenced _ -> throw new IllegalArgumentException("a silence is of no source");
    }
  }

  private void take(Given.Report given) {
    ReportStatus newest = reports.get(newestReport.getOrDefault(given.type(), ""));
    boolean goesOn = newest != null && newest.state() == ReportStatus.State.PENDING;
    String id =
        given
            .id()
            .orElseGet(() ->
                goesOn && newest != null ? newest.id() : given.type() + "-" + (reports.size() + 1));
    Instant createdAt =
        Optional.ofNullable(reports.get(id)).map(ReportStatus::createdAt).orElse(given.at());
    reports.put(
        id,
        new ReportStatus(
            source, id, given.type(), given.state(), given.degraded(), createdAt, given.at(), ""));
    newestReport.put(given.type(), id);
  }

  boolean failsAt(Instant now) {
    return now.isBefore(failsUntil);
  }

  /// When it answers again; the past when it does.
  Instant failsUntil() {
    return failsUntil;
  }

  Reading poll(Instant now) {
    return new Reading(
        source,
        now,
        List.copyOf(charges.values()),
        List.copyOf(quotas.values()),
        List.copyOf(reports.values()),
        List.of(),
        Reading.Vanished.MISSING);
  }
}
