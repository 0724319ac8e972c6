package dev.spendwarden.enforce;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/// One line of the audit chain. Never changed once written.
///
/// @param seq counts from 1 without a gap
/// @param who a person, or `spendwarden`
/// @param what `planned`, `approved`, `called` and so on
/// @param actionId empty for what concerns no action (the kill switch)
/// @param hash SHA-256 over the former row's hash and this row's canonical JSON, in hex
public record AuditRow(
    long seq,
    Instant at,
    String who,
    String what,
    String actionId,
    SortedMap<String, String> details,
    String hash) {

  /// Who the daemon is to itself.
  public static final String DAEMON = "spendwarden";

  public AuditRow {
    details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
  }
}
