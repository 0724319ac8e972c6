package dev.spendwarden.store;

import java.util.OptionalLong;

/// Proof that its holder may do what only one replica may do, as the database gave it out.
///
/// @param term grows whenever another holder takes over: an older one proves nothing
/// @param revision what was last changed beside the holder when this was given out; empty: whoever
///   shows it relies on none of that
public record Lease(String name, String holder, long term, OptionalLong revision) {

  /// For work that relies on nothing an operator may change elsewhere.
  public Lease ofAnyRevision() {
    return new Lease(name, holder, term, OptionalLong.empty());
  }
}
