package dev.spendwarden.store;

/// Proof that its holder may do what only one replica may do, as the database gave it out.
///
/// @param term grows whenever another holder takes over: an older one proves nothing
/// @param revision what was last changed beside the holder when this was given out
public record Lease(String name, String holder, long term, long revision) {

  /// Whoever holds it leads: only replicas with its configuration may write what a lease is shown
  /// for. So of two configurations, while one takes the place of the other, one counts.
  public static final String HOUSE = "house";
}
