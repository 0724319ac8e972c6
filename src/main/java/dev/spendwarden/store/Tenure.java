package dev.spendwarden.store;

import java.util.Comparator;
import java.util.List;

/// The leases that are shown together by whoever needs them all.
///
/// @param leases of one holder, sorted by name; never empty
/// @param anyRevision whether it relies on nothing that may be changed beside the holder
public record Tenure(List<Lease> leases, boolean anyRevision) {

  public Tenure {
    if (leases.isEmpty()) {
      throw new IllegalArgumentException("a tenure without a lease proves nothing");
    }
    leases = leases.stream().sorted(Comparator.comparing(Lease::name)).toList();
  }

  public static Tenure of(List<Lease> leases) {
    return new Tenure(leases, false);
  }

  /// For work that relies on nothing an operator may change elsewhere.
  public Tenure ofAnyRevision() {
    return new Tenure(leases, true);
  }

  public String holder() {
    return leases.getFirst().holder();
  }

  public List<String> names() {
    return leases.stream().map(Lease::name).toList();
  }

  /// The terms alone: what was begun under other ones cannot be written down any more.
  public List<Long> terms() {
    return leases.stream().map(Lease::term).toList();
  }
}
