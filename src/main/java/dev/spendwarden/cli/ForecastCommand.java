package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.spendwarden.burn.CalendarPeriod;
import dev.spendwarden.burn.SeriesForecast;
import dev.spendwarden.burn.SeriesForecast.Morning;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden forecast`: what the forecaster says of a file of daily amounts on given mornings.
@Command(
    name = "forecast",
    description = {
      "Forecasts where a period's spend will end, on mornings of a series of daily amounts and"
          + " knowing only the days before each.",
      "FILE has a header date,value and one day a line; a day left out had no spend."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ForecastCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int PROBLEMS = 1;

  /// Enough for sub-cent prices; more would claim a precision that no forecast has.
  private static final int MOST_DECIMALS = 6;

  @Parameters(paramLabel = "FILE", description = "Comma-separated, header date,value.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "--at",
      required = true,
      arity = "1..*",
      split = ",",
      paramLabel = "DATE",
      description = "Mornings, as YYYY-MM-DD.")
  private List<LocalDate> at = List.of();

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      defaultValue = "MONTH",
      description = "day, week, month, quarter or year (default: month).")
  private CalendarPeriod period = CalendarPeriod.MONTH;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "no such file: " + file);
    }
    PrintWriter err = spec.commandLine().getErr();
    DailyCsv.Result read;
    try {
      read = DailyCsv.read(file);
    } catch (IOException e) {
      err.println(file + ": cannot be read: " + e.getMessage());
      return PROBLEMS;
    }
    if (!read.problems().isEmpty()) {
      read.problems().forEach(err::println);
      return PROBLEMS;
    }
    var series = new SeriesForecast(read.days());
    List<Morning> mornings = mornings(series);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? asJson(mornings) : asTable(mornings));
    out.flush();
    return FINE;
  }

  private List<Morning> mornings(SeriesForecast series) {
    try {
      return at.stream().map(day -> series.on(day, period)).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static String asJson(List<Morning> mornings) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN.mappedFeature());
      json.writeStartObject();
      json.writeArrayFieldStart("items");
      for (Morning morning : mornings) {
        json.writeStartObject();
        json.writeStringField("at", morning.at().toString());
        json.writeNumberField("spent", plain(morning.spent()));
        json.writeNumberField("p10", percentile(morning, 10));
        json.writeNumberField("p50", percentile(morning, 50));
        json.writeNumberField("p90", percentile(morning, 90));
        if (morning.actual().isPresent()) {
          json.writeNumberField("actual", plain(morning.actual().get()));
        } else {
          json.writeNullField("actual");
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text + "\n";
  }

  private String asTable(List<Morning> mornings) {
    var text = new StringBuilder();
    String row = "%-10s  %-10s  %16s  %16s  %16s%1s %16s  %16s  %7s%n";
    text.append(
        row.formatted("at", "period end", "spent", "p10", "p50", "", "p90", "actual", "off"));
    boolean anyCold = false;
    for (Morning morning : mornings) {
      boolean cold = morning.forecast().coldStart();
      anyCold |= cold;
      text.append(
          row.formatted(
              morning.at(),
              morning.period().end(),
              shown(morning.spent()),
              shown(percentile(morning, 10)),
              shown(percentile(morning, 50)),
              cold ? "*" : "",
              shown(percentile(morning, 90)),
              morning.actual().map(ForecastCommand::shown).orElse("-"),
              morning.actual().map(actual -> off(morning, actual)).orElse("-")));
    }
    if (anyCold) {
      text.append(
          "* fewer than three earlier %ss are known: the range is assumed, not learned%n"
              .formatted(period.name().toLowerCase(Locale.ROOT)));
    }
    return text.toString();
  }

  private static String off(Morning morning, BigDecimal actual) {
    if (actual.signum() == 0) {
      return "-";
    }
    double off = morning.forecast().p50() / actual.doubleValue() - 1;
    return String.format(Locale.ROOT, "%+.1f%%", 100 * off);
  }

  private static String shown(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }

  /// What is spent is exact and no percentile is below it; rounding must not say otherwise.
  private static BigDecimal percentile(Morning morning, int percentile) {
    BigDecimal rounded =
        new BigDecimal(morning.forecast().percentile(percentile))
            .setScale(MOST_DECIMALS, RoundingMode.HALF_EVEN);
    return plain(rounded.max(morning.spent()));
  }

  private static BigDecimal plain(BigDecimal amount) {
    return amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
  }
}
