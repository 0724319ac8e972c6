package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The sum of a budget's charges over one span, the last that was asked for: nearly always its
/// period, and nearly every revision adds a charge to it that was not known before. A charge that
/// changes makes it be summed anew, to the last digit as if it always had been. Not thread-safe.
final class ChargedSum {

  private @Nullable Known known;

  private record Known(ChargePeriod span, Unit unit, boolean gross, BigDecimal sum) {}

  /// A charge became known.
  ///
  /// @param isNew nothing was known of it before
  void changed(Charge charge, boolean isNew) {
    @Nullable Known before = known;
    if (before == null || !before.span().contains(charge.period().start())) {
      return;
    }
    if (!isNew) {
      known = null;
    } else if (before.unit().equals(charge.unit())) {
      BigDecimal sum = before.sum().add(BudgetSeries.value(charge, before.gross()));
      known = new Known(before.span(), before.unit(), before.gross(), sum);
    }
  }

  /// @param sum adds them up when it is not known
  BigDecimal of(ChargePeriod span, Unit unit, boolean gross, Supplier<BigDecimal> sum) {
    @Nullable Known before = known;
    if (before != null
        && before.gross() == gross
        && before.span().equals(span)
        && before.unit().equals(unit)) {
      return before.sum();
    }
    BigDecimal added = sum.get();
    known = new Known(span, unit, gross, added);
    return added;
  }
}
