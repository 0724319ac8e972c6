package dev.spendwarden.policy;

import dev.spendwarden.charge.Amount;

/// What a budget may spend.
public sealed interface Limit {

  /// The limit the provider itself reports (`limit: quota`).
  record Quota() implements Limit {}

  /// `limit: 4000 USD`.
  record Fixed(Amount amount) implements Limit {}

  /// No `limit`: only rules that need none can fire.
  record None() implements Limit {}
}
