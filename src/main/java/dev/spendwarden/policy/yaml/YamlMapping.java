package dev.spendwarden.policy.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// A mapping whose keys are asked for one by one. A value of the wrong type is recorded as a
/// problem and read as if it were absent, so that reading goes on; call [#finish()] at the end,
/// which reports every key that nobody asked for.
public final class YamlMapping {

  private static final int MOST_UNKNOWN = 100;

  private final Place place;
  private final YamlReading reading;
  private final Map<String, YamlValue> values = new LinkedHashMap<>();
  private final Map<String, Place> keyPlaces = new LinkedHashMap<>();
  private final TreeSet<String> asked = new TreeSet<>();

  YamlMapping(MappingNode node, YamlReading reading) {
    this.reading = reading;
    this.place = YamlDocument.place(reading.file(), node.getStartMark().orElse(null));
    for (var tuple : node.getValue()) {
      Place at = YamlDocument.place(reading.file(), tuple.getKeyNode().getStartMark().orElse(null));
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems().error(at, "a key must be a plain word");
        continue;
      }
      Place first = keyPlaces.putIfAbsent(key.getValue(), at);
      if (first != null) {
        problems()
            .error(
                at,
                "duplicate key "
                    + YamlValue.quote(key.getValue())
                    + "; it stands in line "
                    + first.line()
                    + " already");
        continue;
      }
      values.put(key.getValue(), new YamlValue(tuple.getValueNode(), key.getValue(), reading));
    }
  }

  public Place place() {
    return place;
  }

  public Problems problems() {
    return reading.problems();
  }

  /// Whether the key is there; does not count as asking for it.
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /// Where the key stands; the mapping's own place when it is absent.
  public Place placeOf(String key) {
    return keyPlaces.getOrDefault(key, place);
  }

  public Optional<YamlValue> find(String key) {
    asked.add(key);
    return Optional.ofNullable(values.get(key));
  }

  /// As [#find(String)], and a problem when the key is absent.
  public Optional<YamlValue> require(String key) {
    Optional<YamlValue> value = find(key);
    if (value.isEmpty()) {
      problems().error(place, "'" + key + "' is missing" + missingHint(key));
    }
    return value;
  }

  /// A mistyped required key would otherwise be two problems that do not know of each other.
  private String missingHint(String key) {
    return values.keySet().stream()
        .filter(k -> !asked.contains(k))
        .filter(k -> Suggestion.closest(k, List.of(key)).isPresent())
        .findFirst()
        .map(k -> "; is " + YamlValue.quote(k) + " meant to be it?")
        .orElse("");
  }

  public Optional<String> text(String key) {
    return find(key).flatMap(YamlValue::text);
  }

  public String text(String key, String otherwise) {
    return text(key).orElse(otherwise);
  }

  /// The text, or an empty one after a problem was recorded.
  public String requiredText(String key) {
    return require(key).flatMap(YamlValue::text).orElse("");
  }

  public boolean flag(String key, boolean otherwise) {
    return find(key).flatMap(YamlValue::flag).orElse(otherwise);
  }

  public int integer(String key, int otherwise, int least, int most) {
    return find(key).flatMap(v -> v.integer(least, most)).orElse(otherwise);
  }

  public Optional<Duration> duration(String key, Duration least, Duration most) {
    return find(key).flatMap(v -> v.duration(least, most));
  }

  public Duration duration(String key, Duration otherwise, Duration least, Duration most) {
    return duration(key, least, most).orElse(otherwise);
  }

  public <T> T choice(String key, Map<String, T> allowed, T otherwise) {
    return find(key).flatMap(v -> v.choice(allowed)).orElse(otherwise);
  }

  public Optional<YamlMapping> mapping(String key) {
    return find(key).flatMap(YamlValue::mapping);
  }

  /// The items of a list; none when the key is absent.
  public List<YamlValue> list(String key) {
    return find(key).flatMap(YamlValue::list).orElse(List.of());
  }

  /// A list of mappings; an item of another type is a problem and left out.
  public List<YamlMapping> mappings(String key) {
    var found = new ArrayList<YamlMapping>();
    for (YamlValue item : list(key)) {
      item.mapping().ifPresent(found::add);
    }
    return found;
  }

  /// One text or a list of texts; none when the key is absent.
  public List<String> texts(String key) {
    return find(key).map(YamlValue::texts).orElse(List.of());
  }

  /// All entries whatever their keys: for mappings whose keys are names of the user's.
  public Map<String, YamlValue> entries() {
    asked.addAll(values.keySet());
    return values;
  }

  /// Reports every key that was never asked for; of a mapping that has hundreds of them, which is
  /// another kind of file, the first and how many more there are.
  public void finish() {
    List<String> unknown = values.keySet().stream().filter(key -> !asked.contains(key)).toList();
    for (String key : unknown.subList(0, Math.min(unknown.size(), MOST_UNKNOWN))) {
      problems()
          .error(placeOf(key), "unknown key " + YamlValue.quote(key) + Suggestion.of(key, asked));
    }
    if (unknown.size() > MOST_UNKNOWN) {
      problems()
          .error(
              placeOf(unknown.get(MOST_UNKNOWN)),
              "and %d more unknown keys".formatted(unknown.size() - MOST_UNKNOWN));
    }
  }

  /// Demands `version:` with exactly this number: files of another format are refused, not guessed
  /// at.
  public void requireVersion(int version) {
    var _ = require("version").flatMap(value -> value.integer(version, version));
  }
}
