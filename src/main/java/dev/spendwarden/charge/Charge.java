package dev.spendwarden.charge;

import java.math.BigDecimal;
import java.util.Optional;

/// What a provider says was spent in one charge period under one set of dimensions. Known by
/// source, charge period, dimensions and unit: the same key again replaces the former figure (as a
/// new revision).
///
/// @param source the configured name of the source
/// @param dimensions without `source` and `currency`, which every charge has anyway
/// @param net what is billed, in `unit`; may be negative (a correction)
/// @param gross before discounts, where the source knows both
public record Charge(
    String source,
    ChargePeriod period,
    Dimensions dimensions,
    Unit unit,
    BigDecimal net,
    Optional<BigDecimal> gross) {

  public static Charge of(String source, ChargePeriod period, Dimensions dimensions, Amount net) {
    return new Charge(source, period, dimensions, net.unit(), net.value(), Optional.empty());
  }
}
