package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ForecastCommandGoldenTest {

  private static final Path RESOURCES = Path.of("src/test/resources/forecast");
  private static final String TAXIS = RESOURCES.resolve("daily_taxi_passengers.csv").toString();

  @TempDir private Path folder;

  private record Run(int status, String out, String err) {}

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        new CommandLine(new ForecastCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Run(status, out.toString(), err.toString());
  }

  private Run runOn(String content) throws IOException {
    Path file = folder.resolve("days.csv");
    Files.writeString(file, content);
    return run(file.toString(), "--at", "2027-01-03", "--json");
  }

  private static void assertGolden(String name, String found) throws IOException {
    Path file = RESOURCES.resolve(name);
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(file, found);
    }
    assertThat(found).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
  }

  @Test
  void printsATableForPeople() throws IOException {
    Run run = run(TAXIS, "--at", "2014-07-03", "2014-12-03,2014-12-15", "--at", "2015-02-01");
    assertThat(run.status()).isZero();
    assertGolden("taxis.txt", run.out());
  }

  @Test
  void printsJsonForMachines() throws IOException {
    Run run = run("--json", TAXIS, "--at", "2014-06-01", "2014-12-03", "2015-02-01");
    assertThat(run.status()).isZero();
    assertGolden("taxis.json", run.out());
  }

  @Test
  void theFileMayStandAfterTheDates() {
    assertThat(run("--at", "2014-12-03", TAXIS)).isEqualTo(run(TAXIS, "--at", "2014-12-03"));
  }

  @Test
  void everyPeriodCanBeAskedFor() {
    for (String period : new String[] {"day", "week", "month", "quarter", "year"}) {
      assertThat(run(TAXIS, "--at", "2014-12-03", "--period", period).status()).isZero();
    }
    assertThat(run(TAXIS, "--at", "2014-12-03", "--period", "decade").status()).isEqualTo(2);
  }

  @Test
  void byteOrderMarkLineEndsGapsAndOrderDoNotMatter() throws IOException {
    Run plain = runOn("date,value\n2026-12-30,0.1\n2027-01-01,0.1\n2027-01-02,0.2\n");
    assertThat(plain.out()).contains("\"spent\":0.3,");
    assertThat(runOn("\uFEFFdate,value\r\n2027-01-02,0.20\r\n\r\n2026-12-30,0.1\r\n2027-01-01,0.1"))
        .isEqualTo(plain);
  }

  @Test
  void everyBadLineIsNamedAtOnce() throws IOException {
    Run run =
        runOn("day,value\n2027-01-01,1\n2027-01-01,2\n2027-02-30,1\n2027-01-02,1e9\n2027-01-03\n");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().map(line -> line.substring(line.indexOf("days.csv"))))
        .containsExactly(
            "days.csv:1: the header is date,value; found day,value",
            "days.csv:3: 2027-01-01 stands here a second time",
            "days.csv:4: a date is YYYY-MM-DD; found 2027-02-30",
            "days.csv:5: a value is a plain decimal number; found 1e9",
            "days.csv:6: a line has a date and a value; found 1 field");
  }

  @Test
  void aFileWithoutDaysIsAProblem() throws IOException {
    assertThat(runOn("").status()).isEqualTo(1);
    assertThat(runOn("date,value\n").err()).contains("holds no days");
    assertThat(runOn("date,value\n0027-01-01,1\n2027-01-01,1\n").err()).contains("hundred years");
  }

  @Test
  void wrongUsageIsTold() {
    assertThat(run(TAXIS).status()).isEqualTo(2);
    assertThat(run("no-such.csv", "--at", "2014-12-03").status()).isEqualTo(2);
    assertThat(run(TAXIS, "--at", "yesterday").status()).isEqualTo(2);
    Run tooLate = run(TAXIS, "--at", "2015-02-02");
    assertThat(tooLate.status()).isEqualTo(2);
    assertThat(tooLate.err()).contains("the series ends on 2015-01-31");
  }
}
