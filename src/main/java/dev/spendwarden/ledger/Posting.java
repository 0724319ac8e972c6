package dev.spendwarden.ledger;

import java.time.Instant;
import java.util.List;

/// What a reading changes in the ledger: only the figures that differ from what was known. A
/// reading that changes nothing is an empty posting and costs no row.
///
/// @param knownAt the instant from which all of it is known
public record Posting(
    String source,
    Instant knownAt,
    List<ChargeRevision> charges,
    List<QuotaRevision> quotas,
    List<ReportRevision> reports) {

  public Posting {
    charges = List.copyOf(charges);
    quotas = List.copyOf(quotas);
    reports = List.copyOf(reports);
  }

  public boolean isEmpty() {
    return charges.isEmpty() && quotas.isEmpty() && reports.isEmpty();
  }
}
