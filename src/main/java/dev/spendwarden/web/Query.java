package dev.spendwarden.web;

import dev.spendwarden.charge.Dimension;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a list was asked for: how many, after which one, and filters (a parameter given several
/// times matches any of its values).
///
/// @param filters by parameter name
record Query(int limit, Cursor after, Map<String, List<String>> filters) {

  static final int DEFAULT_LIMIT = 100;
  static final int MAX_LIMIT = 1000;

  /// Where a list goes on: the last item shown and how many were before it. The id finds the place
  /// again when items came or went; where the id itself is gone, the position stands in.
  record Cursor(int position, String lastId) {
    static final Cursor START = new Cursor(0, "");

    String encode() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((position + ":" + lastId).getBytes(StandardCharsets.UTF_8));
    }

    static Cursor parse(String text) {
      try {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        int colon = plain.indexOf(':');
        int position = Integer.parseInt(plain.substring(0, Math.max(colon, 0)));
        if (position >= 0) {
          return new Cursor(position, plain.substring(colon + 1));
        }
      } catch (IllegalArgumentException e) {
        // Told below: however it is broken, the advice is the same.
      }
      throw Problem.badRequest("cursor: take it from the 'next' of an answer, as it is");
    }
  }

  /// @param known names of filters beside the dimensions
  /// @param byLabel whether the list's items have labels to filter by
  static Query parse(MultiMap parameters, Set<String> known, boolean byLabel) {
    int limit = DEFAULT_LIMIT;
    Cursor after = Cursor.START;
    var filters = new LinkedHashMap<String, List<String>>();
    for (String name : parameters.names()) {
      List<String> values = parameters.getAll(name);
      if (name.equals("limit")) {
        limit = limit(values.getFirst());
      } else if (name.equals("cursor")) {
        after = Cursor.parse(values.getFirst());
      } else if (known.contains(name) || byLabel && Dimension.parse(name).isPresent()) {
        filters.put(name, List.copyOf(values));
      } else {
        throw Problem.badRequest(unknown(name, known, byLabel));
      }
    }
    return new Query(limit, after, filters);
  }

  /// Whether `value` is among those asked for under `name`, if any were.
  boolean allows(String name, String value) {
    List<String> wanted = filters.get(name);
    return wanted == null || wanted.contains(value);
  }

  /// [#allows] for every dimension that was asked for.
  boolean allowsLabels(Map<String, String> labels) {
    for (var filter : filters.entrySet()) {
      if (Dimension.parse(filter.getKey()).isPresent()
          && !filter.getValue().contains(labels.getOrDefault(filter.getKey(), ""))) {
        return false;
      }
    }
    return true;
  }

  Optional<String> single(String name) {
    return Optional.ofNullable(filters.get(name)).map(List::getFirst);
  }

  /// @throws Problem when it is not a time
  Optional<Instant> time(String name) {
    try {
      return single(name).map(Instant::parse);
    } catch (DateTimeParseException e) {
      throw Problem.badRequest(name + ": a time like 2027-01-20T09:05:00Z");
    }
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw Problem.badRequest("limit: a whole number from 1 to " + MAX_LIMIT);
  }

  private static String unknown(String name, Set<String> known, boolean byLabel) {
    var names = new ArrayList<>(List.of("limit", "cursor"));
    names.addAll(new TreeSet<>(known));
    String shown = name.length() > 60 ? name.substring(0, 60) + "…" : name;
    return "unknown parameter '%s'; known are %s%s"
        .formatted(
            shown, String.join(", ", names), byLabel ? " and the dimensions (user, model, …)" : "");
  }
}
