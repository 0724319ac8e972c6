package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A charge that grows while its window lasts, through all its windows. Growth is dated by when it
/// was seen; what is only seen after a window's end had been spent by then, and is dated there.
final class RunningTotal {

  private final Counter grown = new Counter();
  private @Nullable ChargePeriod window;

  /// @param knownBefore what was known of this very window, zero where nothing was
  void accept(Charge charge, Instant knownAt, BigDecimal knownBefore) {
    ChargePeriod period = charge.period();
    ChargePeriod newest = window;
    if (!knownAt.isBefore(period.end())) {
      grown.addBefore(period.end(), charge.net().subtract(knownBefore));
    } else if (newest == null || !period.start().isBefore(newest.end())) {
      grown.begin(knownAt, charge.net());
      window = period;
    } else {
      // The same window, or one of another length that the configuration has put in its place.
      grown.append(knownAt, charge.net(), newest.start().isBefore(period.start()));
      window = period;
    }
  }

  Counter grown() {
    return grown;
  }
}
