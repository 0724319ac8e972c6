package dev.spendwarden.policy;

import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.Unit;
import java.util.Map;

/// How the late days of a policy's sources are completed for forecasts. As long as it stays the
/// same, so do forecasts of the same figures.
///
/// @param curves by source and the unit of its charges; without those that complete nothing
/// @param drifts whether it may be another for each budget and at every instant: the curves of
///   several sources are weighed by what each has cost a budget lately
public record Completion(Map<String, Map<Unit, SettlingCurve>> curves, boolean drifts) {

  public static final Completion NONE = new Completion(Map.of(), false);

  public Completion {
    curves = Map.copyOf(curves);
  }
}
