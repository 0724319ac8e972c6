package dev.spendwarden.policy.yaml;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.yaml.PolicyEntry.Named;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `select` and `per` of a policy.
final class SelectionReader {

  private static final List<String> DIMENSIONS = Dimension.selectable();

  /// @param sources as written, with their places
  /// @param kindAt where the kind stands, or the policy begins
  /// @param where the dimensions of `where`, with their places
  /// @param per the dimensions of `per`, with their places
  record Read(
      Selection selection, List<Named> sources, Place kindAt, List<Named> where, List<Named> per) {}

  private SelectionReader() {}

  static Read read(YamlMapping policy) {
    var perAt = new ArrayList<Named>();
    List<Dimension> per = readPer(policy, perAt);
    Optional<YamlMapping> found = policy.require("select").flatMap(YamlValue::mapping);
    if (found.isEmpty()) {
      var nothing = new Selection(Set.of(), Selection.Kind.SPEND, Map.of(), Map.of(), per);
      return new Read(nothing, List.of(), policy.place(), List.of(), perAt);
    }
    YamlMapping select = found.get();
    List<Named> sources = readSources(select);
    Selection.Kind kind = readKind(select);
    var where = readFilter(select, "where");
    var not = readFilter(select, "not");
    select.finish();

    var names = new LinkedHashSet<String>();
    sources.forEach(s -> names.add(s.name()));
    where.forEach((dimension, values) -> {
      if (!values.isEmpty() && not.getOrDefault(dimension, Set.of()).containsAll(values)) {
        select
            .problems()
            .error(
                select.placeOf("not"),
                "selects nothing: 'not' leaves out every " + dimension.word() + " of 'where'");
      }
    });
    Place kindAt = select.has("kind") ? select.placeOf("kind") : policy.place();
    var whereAt = new ArrayList<Named>();
    select
        .mapping("where")
        .ifPresent(mapping ->
            where
                .keySet()
                .forEach(d -> whereAt.add(new Named(d.word(), mapping.placeOf(d.word())))));
    return new Read(new Selection(names, kind, where, not, per), sources, kindAt, whereAt, perAt);
  }

  private static Selection.Kind readKind(YamlMapping select) {
    return select.choice("kind", Vocabulary.of(Selection.Kind.class), Selection.Kind.SPEND);
  }

  private static List<Named> readSources(YamlMapping select) {
    var sources = new ArrayList<Named>();
    Optional<YamlValue> value = select.require("source");
    if (value.isEmpty()) {
      return sources;
    }
    List<YamlValue> items = value.get().oneOrMore();
    if (value.get().isList() && items.isEmpty()) {
      value.get().error("selects nothing: 'source' is an empty list");
    }
    for (YamlValue item : items) {
      item.text()
          .ifPresent(name -> {
            if (sources.stream().anyMatch(s -> s.name().equals(name))) {
              item.error("source " + YamlValue.quote(name) + " is named twice");
            }
            sources.add(new Named(name, item.place()));
          });
    }
    return sources;
  }

  private static List<Dimension> readPer(YamlMapping policy, List<Named> places) {
    var per = new ArrayList<Dimension>();
    for (YamlValue item : policy.list("per")) {
      Optional<Dimension> dimension = item.text().flatMap(word -> dimension(word, item));
      if (dimension.isPresent() && per.contains(dimension.get())) {
        item.error("dimension '" + dimension.get().word() + "' is named twice");
      } else {
        dimension.ifPresent(per::add);
        dimension.ifPresent(d -> places.add(new Named(d.word(), item.place())));
      }
    }
    return per;
  }

  private static Map<Dimension, Set<String>> readFilter(YamlMapping select, String key) {
    var filter = new EnumMap<Dimension, Set<String>>(Dimension.class);
    Optional<YamlMapping> mapping = select.mapping(key);
    if (mapping.isEmpty()) {
      return filter;
    }
    mapping
        .get()
        .entries()
        .forEach((word, value) -> {
          var values = new LinkedHashSet<String>();
          List<YamlValue> items = value.oneOrMore();
          // Ids are compared as they are written: 0815 is an id, not a number.
          items.forEach(item -> item.scalar().ifPresent(values::add));
          if (value.isList() && items.isEmpty()) {
            value.error("'" + key + "' names no value of " + YamlValue.quote(word));
          }
          Place at = mapping.get().placeOf(word);
          dimension(word, select.problems(), at).ifPresent(d -> filter.put(d, values));
        });
    return filter;
  }

  private static Optional<Dimension> dimension(String word, YamlValue value) {
    Optional<Dimension> dimension = Dimension.parse(word).filter(Dimension::isOfCharges);
    if (dimension.isEmpty()) {
      value.error(unknown(word));
    }
    return dimension;
  }

  private static Optional<Dimension> dimension(String word, Problems problems, Place at) {
    Optional<Dimension> dimension = Dimension.parse(word).filter(Dimension::isOfCharges);
    if (dimension.isEmpty()) {
      problems.error(at, unknown(word));
    }
    return dimension;
  }

  private static String unknown(String word) {
    String hint = Suggestion.text(word, DIMENSIONS);
    return "unknown dimension "
        + YamlValue.quote(word)
        + (hint.isEmpty() ? "; there are " + String.join(", ", DIMENSIONS) : hint);
  }
}
