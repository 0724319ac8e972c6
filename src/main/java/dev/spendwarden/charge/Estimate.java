package dev.spendwarden.charge;

import java.util.List;

/// What a source guesses was spent lately, finer than it bills. It only tells how fast money goes:
/// it is no charge, is never added to spend, never stored and never compared with a limit.
///
/// @param covered the span it tells of: an hour in it without a charge had no spend
/// @param charges each over one hour
public record Estimate(ChargePeriod covered, List<Charge> charges) {

  public Estimate {
    charges = List.copyOf(charges);
  }
}
