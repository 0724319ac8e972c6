package dev.spendwarden.ledger;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which figures a policy looks at, and how they fall into budgets.
///
/// @param sources names of sources
/// @param where a figure must have one of the values, for every dimension named
/// @param not a figure that has one of the values is left out
/// @param per one budget for each combination of values; empty: one budget for all
public record Selection(
    Set<String> sources,
    Kind kind,
    Map<Dimension, Set<String>> where,
    Map<Dimension, Set<String>> not,
    List<Dimension> per) {

  public enum Kind {
    /// Charges.
    SPEND,
    /// A provider's own counter and limit.
    QUOTA,
    /// Health of report tasks.
    REPORTS;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Selection {
    sources = Set.copyOf(sources);
    where = Map.copyOf(where);
    not = Map.copyOf(not);
    per = List.copyOf(per);
  }

  /// Whether a figure of `source` with these dimensions and unit is selected.
  public boolean matches(String source, Dimensions dimensions, @Nullable Unit unit) {
    if (!sources.contains(source)) {
      return false;
    }
    for (var entry : where.entrySet()) {
      String value = value(entry.getKey(), source, dimensions, unit);
      if (value == null || !entry.getValue().contains(value)) {
        return false;
      }
    }
    for (var entry : not.entrySet()) {
      String value = value(entry.getKey(), source, dimensions, unit);
      if (value != null && entry.getValue().contains(value)) {
        return false;
      }
    }
    return true;
  }

  /// The labels of the budget a selected figure belongs to. A dimension of `per` that the figure
  /// lacks is left out.
  public Dimensions labelsOf(String source, Dimensions dimensions, @Nullable Unit unit) {
    if (per.isEmpty()) {
      return Dimensions.NONE;
    }
    Dimensions labels = dimensions.project(per);
    if (per.contains(Dimension.SOURCE)) {
      labels = labels.with(Dimension.SOURCE, source);
    }
    if (per.contains(Dimension.CURRENCY) && unit != null) {
      labels = labels.with(Dimension.CURRENCY, unit.code());
    }
    return labels;
  }

  private static @Nullable String value(
      Dimension dimension, String source, Dimensions dimensions, @Nullable Unit unit) {
    return switch (dimension) {
      case SOURCE -> source;
      case CURRENCY -> unit == null ? null : unit.code();
      default -> dimensions.valueOrNull(dimension);
    };
  }
}
