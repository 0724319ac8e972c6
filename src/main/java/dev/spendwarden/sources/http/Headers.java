package dev.spendwarden.sources.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The headers of an answer, by name in lower case.
public record Headers(Map<String, List<String>> values) {

  public static final Headers NONE = new Headers(Map.of());

  public Headers {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    values.forEach((name, list) ->
        copy.computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>()).addAll(list));
    copy.replaceAll((_, list) -> List.copyOf(list));
    values = java.util.Collections.unmodifiableMap(copy);
  }

  public static Headers of(String name, String value) {
    return new Headers(Map.of(name, List.of(value)));
  }

  /// The first value of `name`, in any case of letters.
  public Optional<String> first(String name) {
    return values.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
