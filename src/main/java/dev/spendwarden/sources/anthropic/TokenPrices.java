package dev.spendwarden.sources.anthropic;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a token cost on one finished day: that day's cost by its tokens, for each workspace, model,
/// token type and tier, and for each model, type and tier over all workspaces, where a workspace
/// did not use it. No price list to maintain, discounts and long contexts in it as they were used.
///
/// Prices are quotients and rounded: for estimates only, never for charges.
final class TokenPrices {

  private final Map<Dimensions, Map<Unit, BigDecimal>> perToken = new HashMap<>();

  private TokenPrices() {}

  /// @param day whose prices
  /// @param charges of any days
  static TokenPrices of(
      ChargePeriod day, List<Charge> charges, Map<UsageReport.Key, BigDecimal> tokens) {
    var counts = new HashMap<Dimensions, BigDecimal>();
    tokens.forEach((key, count) -> {
      if (day.contains(key.hour().start())) {
        counts.merge(key.dimensions(), count, BigDecimal::add);
        counts.merge(anyWorkspace(key.dimensions()), count, BigDecimal::add);
      }
    });
    var costs = new HashMap<Dimensions, Map<Unit, BigDecimal>>();
    for (Charge charge : charges) {
      if (charge.period().equals(day)) {
        add(costs, charge.dimensions(), charge);
        add(costs, anyWorkspace(charge.dimensions()), charge);
      }
    }
    var prices = new TokenPrices();
    costs.forEach((dimensions, byUnit) ->
        byUnit.forEach((unit, cost) -> {
          BigDecimal count = counts.getOrDefault(dimensions, BigDecimal.ZERO);
          // A day of corrections has no price.
          if (count.signum() > 0 && cost.signum() >= 0) {
            prices
                .perToken
                .computeIfAbsent(dimensions, key -> new HashMap<>())
                .put(unit, cost.divide(count, MathContext.DECIMAL64));
          }
        }));
    return prices;
  }

  private static void add(
      Map<Dimensions, Map<Unit, BigDecimal>> costs, Dimensions dimensions, Charge charge) {
    costs
        .computeIfAbsent(dimensions, key -> new HashMap<>())
        .merge(charge.unit(), charge.net(), BigDecimal::add);
  }

  private static Dimensions anyWorkspace(Dimensions dimensions) {
    var kept = new EnumMap<Dimension, String>(Dimension.class);
    kept.putAll(dimensions.asMap());
    kept.remove(Dimension.WORKSPACE);
    return Dimensions.of(kept);
  }

  /// The hours in `covered` at these prices. Tokens without a price are left out: what they cost is
  /// not known before tomorrow.
  Estimate estimate(String source, ChargePeriod covered, Map<UsageReport.Key, BigDecimal> tokens) {
    var charges = new ArrayList<Charge>();
    tokens.forEach((key, count) -> {
      if (covered.contains(key.hour().start())) {
        prices(key.dimensions())
            .forEach((unit, price) ->
                charges.add(
                    new Charge(
                        source,
                        key.hour(),
                        key.dimensions(),
                        unit,
                        price.multiply(count),
                        Optional.empty())));
      }
    });
    return new Estimate(covered, charges);
  }

  private Map<Unit, BigDecimal> prices(Dimensions dimensions) {
    Map<Unit, BigDecimal> own = perToken.get(dimensions);
    return own != null ? own : perToken.getOrDefault(anyWorkspace(dimensions), Map.of());
  }
}
