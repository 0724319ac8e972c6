package dev.spendwarden.app.config;

import dev.spendwarden.policy.yaml.Place;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.Suggestion;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The names given to one kind of thing (source, receiver, action), to find those given twice and
/// those that nobody gave. A thing that could not be read keeps its name, so that one mistake is
/// one problem.
final class Names {

  private final String kind;
  private final Map<String, Place> places = new LinkedHashMap<>();

  Names(String kind) {
    this.kind = kind;
  }

  /// Reads `name` of a list item.
  String read(YamlMapping item) {
    String name = item.requiredText("name");
    if (name.equals("none")) {
      item.problems().error(item.placeOf("name"), "'none' is not a name: it means nobody");
    }
    if (!name.isEmpty()) {
      add(name, item.placeOf("name"), item.problems());
    }
    return name;
  }

  void add(String name, Place at, Problems problems) {
    Place first = places.putIfAbsent(name, at);
    if (first != null) {
      problems.error(
          at,
          "duplicate "
              + kind
              + " name "
              + YamlValue.quote(name)
              + "; the first is in line "
              + first.line());
    }
  }

  /// A problem at `at` when nothing has this name.
  void check(String name, Place at, Problems problems) {
    if (!places.containsKey(name)) {
      String hint = Suggestion.text(name, places.keySet());
      String known = places.isEmpty() ? "; there are none" : "; there are " + list();
      problems.error(
          at, "unknown " + kind + " " + YamlValue.quote(name) + (hint.isEmpty() ? known : hint));
    }
  }

  Set<String> all() {
    return places.keySet();
  }

  private String list() {
    int most = 8;
    String shown = String.join(", ", places.keySet().stream().limit(most).toList());
    return places.size() > most ? shown + ", …" : shown;
  }
}
