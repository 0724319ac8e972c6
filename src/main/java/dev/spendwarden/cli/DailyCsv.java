package dev.spendwarden.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads a file of daily amounts: a header `date,value`, then one day a line. A byte-order mark,
/// either kind of line end and any order of the days are accepted.
final class DailyCsv {

  /// Exponents are refused: nobody writes money so, and `1e999999999` hangs arithmetic.
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d{1,38}(\\.\\d{1,38})?");

  /// A hundred years: a mistyped year is found before it fills the memory.
  private static final int MOST_DAYS = 36_525;

  private DailyCsv() {}

  /// @param problems each with the line's number; empty when all of the file is good
  record Result(NavigableMap<LocalDate, BigDecimal> days, List<String> problems) {}

  /// @throws IOException when the file cannot be read
  static Result read(Path file) throws IOException {
    var days = new TreeMap<LocalDate, BigDecimal>();
    var problems = new ArrayList<String>();
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .detectBomHeader(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(file)) {
      boolean isHeader = true;
      for (CsvRecord row : reader) {
        if (isHeader) {
          checkHeader(file, row, problems);
          isHeader = false;
        } else {
          readDay(file, row, days, problems);
        }
      }
    } catch (CsvParseException e) {
      problems.add(file + ": " + e.getMessage());
    }
    checkDays(file, days, problems);
    return new Result(days, problems);
  }

  private static void checkHeader(Path file, CsvRecord row, List<String> problems) {
    List<String> names = row.getFields().stream().map(String::strip).toList();
    if (!names.equals(List.of("date", "value"))) {
      problems.add(place(file, row) + "the header is date,value; found " + String.join(",", names));
    }
  }

  private static void readDay(
      Path file, CsvRecord row, TreeMap<LocalDate, BigDecimal> days, List<String> problems) {
    if (row.getFieldCount() != 2) {
      problems.add(
          place(file, row)
              + "a line has a date and a value; found "
              + row.getFieldCount()
              + (row.getFieldCount() == 1 ? " field" : " fields"));
      return;
    }
    String date = row.getField(0).strip();
    String value = row.getField(1).strip();
    if (!NUMBER.matcher(value).matches()) {
      problems.add(place(file, row) + "a value is a plain decimal number; found " + value);
      return;
    }
    try {
      LocalDate day = LocalDate.parse(date);
      if (days.putIfAbsent(day, new BigDecimal(value)) != null) {
        problems.add(place(file, row) + day + " stands here a second time");
      }
    } catch (DateTimeParseException e) {
      problems.add(place(file, row) + "a date is YYYY-MM-DD; found " + date);
    }
  }

  private static void checkDays(
      Path file, TreeMap<LocalDate, BigDecimal> days, List<String> problems) {
    if (days.isEmpty()) {
      if (problems.isEmpty()) {
        problems.add(file + ": holds no days; expected lines of date,value");
      }
    } else if (ChronoUnit.DAYS.between(days.firstKey(), days.lastKey()) > MOST_DAYS) {
      problems.add(
          file
              + ": reaches from "
              + days.firstKey()
              + " to "
              + days.lastKey()
              + ", more than a hundred years");
    }
  }

  private static String place(Path file, CsvRecord row) {
    return file + ":" + row.getStartingLineNumber() + ": ";
  }
}
