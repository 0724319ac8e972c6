package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.policy.Assessment;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

/// `budgets/{id}/series` in JSON: the limit and forecast that a chart shows, and one item a day.
final class SeriesView {

  private SeriesView() {}

  /// @param history empty where nothing is known of the budget's days; the list is then empty too
  static void write(JsonGenerator out, Assessment latest, Optional<BudgetHistory> history)
      throws IOException {
    Assessment assessment = history.map(BudgetHistory::latest).orElse(latest);
    out.writeStartObject();
    out.writeStringField("budget_id", assessment.budget().id());
    Json.text(out, "unit", assessment.unit().map(Unit::code));
    Json.text(out, "limit", assessment.limit().map(Amount::plain));
    Views.period(out, assessment);
    Views.forecast(out, assessment);
    BigDecimal opening = history.map(BudgetHistory::opening).orElse(BigDecimal.ZERO);
    out.writeStringField("opening", Amount.plain(opening));
    out.writeArrayFieldStart("items");
    if (history.isPresent()) {
      BigDecimal total = opening;
      for (Day day : history.get().days()) {
        total = total.add(day.spent());
        out.writeStartObject();
        out.writeStringField("day", day.day().toString());
        out.writeStringField("spent", Amount.plain(day.spent()));
        out.writeStringField("total", Amount.plain(total));
        out.writeStringField("state", history.get().isSettled(day) ? "settled" : "provisional");
        out.writeBooleanField("restated", day.restated());
        out.writeEndObject();
      }
    }
    out.writeEndArray();
    out.writeNullField("next");
    out.writeEndObject();
  }
}
