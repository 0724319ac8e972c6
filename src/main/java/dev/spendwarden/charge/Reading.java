package dev.spendwarden.charge;

import java.time.Instant;
import java.util.List;

/// What one successful, complete poll of a source yields. An incomplete poll yields no reading at
/// all.
///
/// @param asOf when the provider was asked: the age of the data counts from here
/// @param coverage the charge periods this reading is complete for: a charge known earlier inside
///   it that is not in `charges` has vanished. Empty when the reading tells of no charges
/// @param vanished what a vanished charge means
public record Reading(
    String source,
    Instant asOf,
    List<Charge> charges,
    List<QuotaReading> quotas,
    List<ReportStatus> reports,
    List<ChargePeriod> coverage,
    Vanished vanished) {

  /// How to read the absence of a figure that an earlier reading had.
  public enum Vanished {
    /// The provider leaves out what it should list: the budget is held as `missing`.
    MISSING,
    /// The provider re-cut its bill: the charge is withdrawn, as a revision to zero.
    WITHDRAWN
  }

  public Reading {
    charges = List.copyOf(charges);
    quotas = List.copyOf(quotas);
    reports = List.copyOf(reports);
    coverage = List.copyOf(coverage);
  }
}
