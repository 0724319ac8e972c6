package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Silence;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Of which alerts nobody is to be told, because operators said so.
final class QuietTimes {

  private Instant changed = Instant.MIN;
  private List<Silence> silences = List.of();
  private List<GrantedWaiver> mutes = List.of();
  private Set<String> policies = Set.of();

  void silenced(Collection<Silence> inForce, Instant now) {
    changed = now;
    silences = List.copyOf(inForce);
  }

  void waived(Collection<GrantedWaiver> inForce, Instant now) {
    changed = now;
    mutes = inForce.stream().filter(granted -> granted.waiver().mute()).toList();
  }

  void configured(Set<String> inForce) {
    policies = Set.copyOf(inForce);
  }

  boolean isQuiet(Alert alert, Instant now) {
    return silences.stream().anyMatch(silence -> silence.isActive(now) && matches(silence, alert))
        || (policies.contains(alert.policy())
            && mutes.stream()
                .anyMatch(mute ->
                    mute.policy().equals(alert.policy()) && now.isBefore(mute.waiver().until())));
  }

  private static boolean matches(Silence silence, Alert alert) {
    var labels =
        Map.of(
            "policy", alert.policy(), "severity", alert.severity().name().toLowerCase(Locale.ROOT));
    return silence.match().entrySet().stream()
        .allMatch(matcher -> matcher.getValue().contains(labels.get(matcher.getKey())));
  }

  /// When it was last quiet, or operators last changed something about that; [Instant#MIN] where
  /// neither ever happened.
  Instant ended(Alert alert, Instant now) {
    Instant end = changed;
    for (Silence silence : silences) {
      if (matches(silence, alert) && silence.hasEnded(now)) {
        end = later(end, silence.endsAt());
      }
    }
    for (GrantedWaiver mute : mutes) {
      if (mute.policy().equals(alert.policy()) && !now.isBefore(mute.waiver().until())) {
        end = later(end, mute.waiver().until());
      }
    }
    return end;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
