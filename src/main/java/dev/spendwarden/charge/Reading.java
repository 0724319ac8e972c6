package dev.spendwarden.charge;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one successful, complete poll of a source yields. An incomplete poll yields no reading at
/// all.
///
/// @param asOf when the provider was asked: the age of the data counts from here
/// @param coverage the charge periods this reading is complete for: a charge known earlier inside
///   it that is not in `charges` has vanished. Empty when the reading tells of no charges
/// @param vanished what a vanished charge means
/// @param estimate what was spent inside the newest days, of a source that makes estimates
public record Reading(
    String source,
    Instant asOf,
    List<Charge> charges,
    List<QuotaReading> quotas,
    List<ReportStatus> reports,
    List<ChargePeriod> coverage,
    Vanished vanished,
    Optional<Estimate> estimate) {

  /// How to read the absence of a figure that an earlier reading had.
  public enum Vanished {
    /// The provider leaves out what it should list: the budget is held as `missing`.
    MISSING,
    /// The provider re-cut its bill: the charge is withdrawn, as a revision to zero.
    WITHDRAWN
  }

  /// Without an estimate, as most are.
  public Reading(
      String source,
      Instant asOf,
      List<Charge> charges,
      List<QuotaReading> quotas,
      List<ReportStatus> reports,
      List<ChargePeriod> coverage,
      Vanished vanished) {
    this(source, asOf, charges, quotas, reports, coverage, vanished, Optional.empty());
  }

  public Reading {
    charges = List.copyOf(charges);
    quotas = List.copyOf(quotas);
    reports = List.copyOf(reports);
    coverage = List.copyOf(coverage);
  }
}
