package dev.spendwarden.sources.gcore;

import dev.spendwarden.fuzz.Fuzz;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;
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

  @Test
  void tasks() throws IOException {
    var tasks =
        new GcoreTasks(
            new GcoreSettings(
                "gcore-edge",
                URI.create("https://api.gcore.com"),
                () -> "key",
                true,
                Set.of(),
                Duration.ofSeconds(30)));
    Fuzz.ofFiles("gcore-tasks", "gcore", "finished-reports.json")
        .refusing(MalformedAnswer.class)
        .run(input -> {
          for (JsonField task : JsonReader.read(input).field("results").items()) {
            var _ = tasks.status(task);
          }
        });
  }
}
