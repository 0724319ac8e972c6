package dev.spendwarden.sources.gcore;

import dev.spendwarden.fuzz.Fuzz;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.IOException;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class GcoreFuzzTest {

  @Test
  void expenses() throws IOException {
    var window = new GcoreExpenses.Window(LocalDate.of(2026, 12, 1), LocalDate.of(2027, 1, 31));
    Fuzz.ofFiles("gcore", "gcore", "expenses.json")
        .refusing(MalformedAnswer.class)
        .run(input ->
            GcoreExpenses.charges(
                "gcore-edge", JsonReader.read(input).field("results").items(), window));
  }
}
