package dev.spendwarden.app.config;

import dev.spendwarden.notify.Hours;
import dev.spendwarden.policy.yaml.Suggestion;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `mute_time_intervals` and `active_time_intervals`, which mean the same on a route and on
/// an action.
final class HoursReader {

  private final Map<String, Hours.Named> intervals;

  /// @param intervals `time_intervals` by name
  HoursReader(Map<String, Hours.Named> intervals) {
    this.intervals = intervals;
  }

  Hours read(YamlMapping node) {
    return new Hours(
        readNames(node, "mute_time_intervals"), readNames(node, "active_time_intervals"));
  }

  private List<Hours.Named> readNames(YamlMapping node, String key) {
    var found = new ArrayList<Hours.Named>();
    for (YamlValue item : node.find(key).map(YamlValue::oneOrMore).orElse(List.of())) {
      Optional<String> name = item.text();
      if (name.isEmpty()) {
        continue;
      }
      Hours.Named interval = intervals.get(name.get());
      if (interval == null) {
        String hint = Suggestion.text(name.get(), intervals.keySet());
        item.error(
            "unknown time interval "
                + YamlValue.quote(name.get())
                + (hint.isEmpty() ? "; 'time_intervals' of the file names them" : hint));
      } else {
        found.add(interval);
      }
    }
    return found;
  }
}
