package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import java.util.EnumSet;
import java.util.Set;

/// Which dimensions the figures of a source can have at all.
final class SourceDimensions {

  private SourceDimensions() {}

  static Set<Dimension> of(SourceConfig source, Selection.Kind kind) {
    var all = EnumSet.of(Dimension.SOURCE);
    switch (kind) {
      case REPORTS -> all.add(Dimension.REPORT_TYPE);
      case QUOTA -> all.addAll(Set.of(Dimension.CURRENCY, Dimension.USER));
      case SPEND -> {
        all.add(Dimension.CURRENCY);
        all.addAll(ofCharges(source.settings()));
      }
    }
    return all;
  }

  private static Set<Dimension> ofCharges(SourceSettings settings) {
    return switch (settings) {
      case SourceSettings.Ionq ionq when ionq.api().equals("v0.3") -> Set.of(Dimension.QPU);
      case SourceSettings.Ionq ionq ->
          Set.of(ionq.groupBy().equals("project") ? Dimension.PROJECT : Dimension.USER);
      case SourceSettings.Anthropic _ ->
          Set.of(
              Dimension.WORKSPACE,
              Dimension.COST_TYPE,
              Dimension.MODEL,
              Dimension.TOKEN_TYPE,
              Dimension.SERVICE_TIER);
      case SourceSettings.Github github -> {
        var kept = EnumSet.noneOf(Dimension.class);
        github.keep().forEach(word -> Dimension.parse(word).ifPresent(kept::add));
        yield kept;
      }
      case SourceSettings.Gcore _ ->
          Set.of(
              Dimension.ACCOUNT,
              Dimension.CLIENT,
              Dimension.PRODUCT,
              Dimension.SKU,
              Dimension.REGION);
    };
  }
}
