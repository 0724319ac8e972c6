package dev.spendwarden.alert;

import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What routes and silences are matched by.
public final class Matching {

  private Matching() {}

  /// Severity, policy (also as `alertname`, as Alertmanager calls it), the policy's and the
  /// budget's labels. The budget's win over the policy's of the same name, and ours over both.
  public static Map<String, String> labelsOf(Policy policy, Alert alert) {
    var labels = new HashMap<>(policy.labels());
    labels.putAll(alert.budgetLabels().asWords());
    labels.put("alertname", alert.policy());
    labels.put("policy", alert.policy());
    labels.put("severity", alert.severity().word());
    return labels;
  }

  /// Until when nobody is told of the alert because of a silence or a muting waiver, as far as is
  /// known now; empty: it is not quiet.
  public static Optional<Instant> quietUntil(
      Collection<Silence> silences, Policy policy, Alert alert, Instant now) {
    Optional<Instant> muted =
        policy.waivers().stream()
            .filter(waiver -> waiver.mute() && waiver.covers(alert.budgetLabels(), now))
            .map(Policy.Waiver::until)
            .max(Instant::compareTo);
    if (silences.isEmpty()) {
      return muted;
    }
    Map<String, String> labels = labelsOf(policy, alert);
    Optional<Instant> silenced =
        silences.stream()
            .filter(silence -> silence.isActive(now) && silence.matches(labels))
            .map(Silence::endsAt)
            .max(Instant::compareTo);
    return Stream.concat(silenced.stream(), muted.stream()).max(Instant::compareTo);
  }
}
