package dev.spendwarden.charge;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An immutable set of dimension values, ordered by [Dimension]. Two are equal when they hold the
/// same values.
public final class Dimensions {

  public static final Dimensions NONE = new Dimensions(new EnumMap<>(Dimension.class));

  private final Map<Dimension, String> values;
  private final int hash;

  private Dimensions(EnumMap<Dimension, String> values) {
    this.values = Collections.unmodifiableMap(values);
    this.hash = this.values.hashCode();
  }

  public static Dimensions of(Map<Dimension, String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    return new Dimensions(new EnumMap<>(values));
  }

  public static Dimensions of(Dimension dimension, String value) {
    return of(Map.of(dimension, value));
  }

  public Dimensions with(Dimension dimension, String value) {
    var copy = new EnumMap<Dimension, String>(Dimension.class);
    copy.putAll(values);
    copy.put(dimension, value);
    return new Dimensions(copy);
  }

  public Optional<String> get(Dimension dimension) {
    return Optional.ofNullable(values.get(dimension));
  }

  /// The value or null: for inner loops over very many charges.
  public @Nullable String valueOrNull(Dimension dimension) {
    return values.get(dimension);
  }

  /// Only the named dimensions; those without a value are left out.
  public Dimensions project(List<Dimension> dimensions) {
    var kept = new EnumMap<Dimension, String>(Dimension.class);
    for (Dimension dimension : dimensions) {
      String value = values.get(dimension);
      if (value != null) {
        kept.put(dimension, value);
      }
    }
    return kept.isEmpty() ? NONE : new Dimensions(kept);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public Map<Dimension, String> asMap() {
    return values;
  }

  /// Keys by their words, in vocabulary order: what labels, payloads and the store show.
  public Map<String, String> asWords() {
    return values.entrySet().stream()
        .collect(
            Collectors.toMap(
                e -> e.getKey().word(),
                Map.Entry::getValue,
                (a, b) -> b,
                java.util.LinkedHashMap::new));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Dimensions that && hash == that.hash && values.equals(that.values));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /// `user=u1,workspace=ws-a`, for messages.
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(e -> e.getKey().word() + "=" + e.getValue())
        .collect(Collectors.joining(","));
  }
}
