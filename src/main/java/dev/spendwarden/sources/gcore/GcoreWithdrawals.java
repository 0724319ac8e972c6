package dev.spendwarden.sources.gcore;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.gcore.GcoreExpenses.Window;
import dev.spendwarden.sources.http.CallFailure;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether expenses that are no longer listed were taken back. Gcore marks what it withdraws and
/// goes on listing it for those who ask; a row that is in neither list has gone missing, which is
/// not the same as money back. So a list that lacks such rows is doubted once, and believed when
/// the next poll finds the same. Remembers the rows of the former poll. Not thread-safe.
final class GcoreWithdrawals {

  /// Asks for the withdrawn rows of a window.
  @FunctionalInterface
  interface Withdrawn {
    List<JsonField> rows() throws CallFailure, MalformedAnswer;
  }

  private Map<String, LocalDate> listed = Map.of();
  private Set<String> doubted = Set.of();

  /// @param rows all that are listed for the window now
  /// @param withdrawn asked only where a row is no longer listed
  /// @throws CallFailure as `partial` when rows have gone missing that were not withdrawn
  void check(List<JsonField> rows, Window window, Withdrawn withdrawn)
      throws CallFailure, MalformedAnswer {
    Map<String, LocalDate> now = new HashMap<>();
    for (JsonField row : rows) {
      now.put(GcoreFields.id(row.field("id")), GcoreFields.day(row.field("for_date")));
    }
    Set<String> missing = new HashSet<>();
    listed.forEach((id, day) -> {
      if (window.contains(day) && !now.containsKey(id)) {
        missing.add(id);
      }
    });
    if (!missing.isEmpty()) {
      for (JsonField row : withdrawn.rows()) {
        missing.remove(GcoreFields.id(row.field("id")));
      }
    }
    if (!doubted.containsAll(missing)) {
      doubted = missing;
      throw new CallFailure(
          FailureReason.PARTIAL,
          missing.size() + " expenses are no longer listed, though they were not withdrawn");
    }
    doubted = Set.of();
    listed = now;
  }
}
