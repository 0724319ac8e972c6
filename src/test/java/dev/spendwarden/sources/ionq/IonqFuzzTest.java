package dev.spendwarden.sources.ionq;

import dev.spendwarden.fuzz.Fuzz;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IonqFuzzTest {

  private static final IonqSettings SETTINGS =
      new IonqSettings(
          "ionq-lab",
          URI.create("https://api.ionq.co/v0.3"),
          () -> "key",
          "0b6f2c1e-5a77-4f0e-9a51-6d1f7c2e8b90",
          IonqSettings.BalanceMeans.IGNORE,
          IonqWindow.CALENDAR_MONTH,
          Duration.ofSeconds(20));

  @Test
  void reports() throws IOException {
    var january = new IonqWindow.Dates(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 31));
    Fuzz.ofFiles("ionq", "ionq", ".json")
        .refusing(MalformedAnswer.class)
        .run(input ->
            IonqReport.read(input, SETTINGS, january, Instant.parse("2027-01-20T09:00:00Z")));
  }

  @ParameterizedTest
  @EnumSource(IonqUsageSource.GroupBy.class)
  void usage(IonqUsageSource.GroupBy groupBy) throws IOException {
    var days = new IonqUsage.Days(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 21));
    var january = new IonqWindow.Dates(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 31));
    Fuzz.ofFiles("ionq-usage", "ionq", "usage.json")
        .refusing(MalformedAnswer.class)
        .run(input ->
            IonqUsage.read(
                input,
                SETTINGS,
                groupBy,
                days,
                january,
                new IonqUsage.Seen(Map.of()),
                Instant.parse("2027-01-20T09:00:00Z")));
  }
}
