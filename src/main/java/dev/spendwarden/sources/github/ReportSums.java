package dev.spendwarden.sources.github;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of one export, summed by day, unit and the kept dimensions while they stream by.
/// Memory grows with the number of sums, which is capped, and not with the files.
///
/// Not thread-safe. After an exception the sums are of no use.
final class ReportSums {

  /// With some 700 bytes for a sum and the charges made of it: what fits beside the rest of the
  /// daemon in 512 MiB.
  static final int MAX_SUMS = 500_000;

  private static final int SUMS_OF_A_GROUP = 3;
  private static final int NET = 0;
  private static final int GROSS = 1;
  private static final int QUANTITY = 2;

  private final ReportType type;
  private final DateRange asked;
  private final List<Dimension> keep;
  private final Ledgers ledgers;
  private final int maxSums;

  private final KeyTable keys = new KeyTable();
  private final ExactSums sums = new ExactSums();
  private final List<Group> groups = new ArrayList<>();
  private boolean[] booked = new boolean[64];
  private final Map<String, ChargePeriod> days = new HashMap<>();
  private long rows;

  /// What a sum is of.
  ///
  /// @param unit of the quantity; empty where the row names none
  record Group(ChargePeriod day, Dimensions dimensions, Optional<Unit> unit) {}

  /// @param asked rows of other days are refused: they belong to another export's coverage
  /// @param keep the dimensions that charges will have
  ReportSums(ReportType type, DateRange asked, List<Dimension> keep, Ledgers ledgers) {
    this(type, asked, keep, ledgers, MAX_SUMS);
  }

  ReportSums(ReportType type, DateRange asked, List<Dimension> keep, Ledgers ledgers, int maxSums) {
    this.type = type;
    this.asked = asked;
    this.keep = List.copyOf(keep);
    this.ledgers = ledgers;
    this.maxSums = maxSums;
  }

  /// Adds a file: a header line and any number of rows.
  ///
  /// @throws MalformedCsv when a row or the header is not as documented
  /// @throws TooManySums when the kept dimensions are too fine
  void add(InputStream file) throws IOException {
    var records = new CsvRecords(file);
    if (!records.next()) {
      throw records.malformed("the file is empty, not even a header line");
    }
    Columns columns = Columns.of(records, type, keep);
    while (records.next()) {
      if (records.fieldCount() != columns.count()) {
        throw records.malformed(
            "%d fields where the header names %d".formatted(records.fieldCount(), columns.count()));
      }
      addRow(records, columns);
    }
  }

  private void addRow(CsvRecords records, Columns columns) throws IOException {
    byte[] data = records.data();
    keys.begin();
    for (int column : columns.key()) {
      boolean fits =
          column < 0
              ? keys.append(data, 0, 0)
              : keys.append(data, records.start(column), records.end(column));
      if (!fits) {
        throw records.malformed("a name of more than " + KeyTable.MAX_TEXT_BYTES + " bytes");
      }
    }
    int group = keys.number();
    if (group == groups.size()) {
      addGroup(records, columns);
    }
    rows++;
    if (booked[group]) {
      int first = group * SUMS_OF_A_GROUP;
      addAmount(first + NET, records, columns.net());
      addAmount(first + GROSS, records, columns.gross());
      addAmount(first + QUANTITY, records, columns.quantity());
    }
  }

  private void addAmount(int sum, CsvRecords records, int column) throws MalformedCsv {
    if (!sums.add(sum, records.data(), records.start(column), records.end(column))) {
      throw records.malformed("field " + (column + 1) + " is not a decimal of a usual length");
    }
  }

  private void addGroup(CsvRecords records, Columns columns) throws IOException {
    if (groups.size() == maxSums) {
      throw new TooManySums(maxSums);
    }
    ChargePeriod day = day(records, text(records, columns.date()));
    String unitType = text(records, columns.unitType());
    Optional<Unit> unit = Ledgers.unit(unitType);
    if (unit.isEmpty() && !unitType.isBlank()) {
      throw records.malformed("a unit_type that is not a word");
    }
    var values = new EnumMap<Dimension, String>(Dimension.class);
    for (int i = 0; i < keep.size(); i++) {
      int column = columns.kept(i);
      String value = column < 0 ? "" : text(records, column);
      if (!value.isEmpty()) {
        values.put(keep.get(i), value);
      }
    }
    int group = groups.size();
    groups.add(new Group(day, Dimensions.of(values), unit));
    sums.grow((group + 1) * SUMS_OF_A_GROUP - 1);
    if (group == booked.length) {
      booked = java.util.Arrays.copyOf(booked, group * 2);
    }
    booked[group] = ledgers.books(type, unit);
  }

  private ChargePeriod day(CsvRecords records, String text) throws MalformedCsv {
    ChargePeriod known = days.get(text);
    if (known != null) {
      return known;
    }
    LocalDate date;
    try {
      date = LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw records.malformed("a date that is not YYYY-MM-DD");
    }
    if (!asked.contains(date)) {
      throw records.malformed("a row of " + date + ", the report was asked for " + asked);
    }
    ChargePeriod day = ChargePeriod.ofUtcDay(date);
    days.put(text, day);
    return day;
  }

  private static String text(CsvRecords records, int column) throws MalformedCsv {
    int start = records.start(column);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(records.data(), start, records.end(column) - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw records.malformed("field " + (column + 1) + " is not UTF-8");
    }
  }

  /// Rows read so far, those of other ledgers included.
  long rows() {
    return rows;
  }

  /// Hands every sum that this report is the ledger of to `book`.
  void bookTo(Book book) {
    for (int group = 0; group < groups.size(); group++) {
      if (booked[group]) {
        int first = group * SUMS_OF_A_GROUP;
        book.add(
            groups.get(group),
            sums.get(first + NET),
            sums.get(first + GROSS),
            sums.get(first + QUANTITY));
      }
    }
  }

  /// The charges of all reports of a range. Money of one day and the same dimensions is one charge,
  /// whatever its rows were counted in and whichever report they stood in.
  static final class Book {

    private final String source;
    private final Map<Key, Charge> charges = new HashMap<>();

    private record Key(ChargePeriod day, Dimensions dimensions, Unit unit) {}

    Book(String source) {
      this.source = source;
    }

    private void add(Group group, BigDecimal net, BigDecimal gross, BigDecimal quantity) {
      put(group, Unit.USD, net, Optional.of(gross));
      group.unit().ifPresent(unit -> put(group, unit, quantity, Optional.empty()));
    }

    private void put(Group group, Unit unit, BigDecimal net, Optional<BigDecimal> gross) {
      var charge = new Charge(source, group.day(), group.dimensions(), unit, net, gross);
      charges.merge(new Key(group.day(), group.dimensions(), unit), charge, Book::sum);
    }

    private static Charge sum(Charge a, Charge b) {
      return new Charge(
          a.source(),
          a.period(),
          a.dimensions(),
          a.unit(),
          a.net().add(b.net()),
          a.gross().map(gross -> gross.add(b.gross().orElse(BigDecimal.ZERO))));
    }

    List<Charge> charges() {
      return List.copyOf(charges.values());
    }
  }
}
