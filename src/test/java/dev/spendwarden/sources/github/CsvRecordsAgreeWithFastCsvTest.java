package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.spendwarden.charge.Dimension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: the own reader finds what an independent one finds. Method: random files of all that CSV
/// allows, in pieces of random size, compared field by field with FastCSV; the seed is in the name.
class CsvRecordsAgreeWithFastCsvTest {

  private static final String[] PIECES = {
    "",
    "a",
    "12.5",
    "-",
    ".",
    "/",
    " ",
    "+",
    "!",
    "#",
    "\t",
    "ü",
    "天",
    "\u007f",
    ",",
    "\"",
    "\n",
    "\r\n",
    "widget",
    "actions_linux",
    "0123456789",
    "x".repeat(70)
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyFieldOfEveryRecord(long seed) throws IOException {
    var random = new Random(seed);
    for (int file = 0; file < 150; file++) {
      String text = randomFile(random);
      assertThat(ours(text, random)).as(() -> text).isEqualTo(fastCsv(text));
    }
  }

  @Test
  void recordsThatMeetTheEndOfTheBufferAnywhere() throws IOException {
    var random = new Random(42);
    var text = new StringBuilder("\ufeff");
    while (text.length() < 600_000) {
      text.append("a".repeat(random.nextInt(200))).append(",\"b,\"\"\n").append("b".repeat(99));
      text.append("\",").append(random.nextInt()).append(random.nextBoolean() ? "\n" : "\r\n");
    }
    assertThat(ours(text.toString(), random)).isEqualTo(fastCsv(text.substring(1)));
  }

  @Test
  void sumsAreThoseOfBigDecimalsOverFastCsv() throws IOException {
    var bytes = new ByteArrayOutputStream();
    UsageFile.write(bytes, 20_000, 3);
    var sums =
        new ReportSums(
            ReportType.DETAILED,
            UsageFile.MONTH,
            List.of(Dimension.USER, Dimension.SKU),
            new Ledgers(List.of(ReportType.DETAILED)));
    sums.add(new ByteArrayInputStream(bytes.toByteArray()));
    var book = new ReportSums.Book("github");
    sums.bookTo(book);
    var ours = new TreeMap<String, BigDecimal>();
    book.charges().stream()
        .filter(charge -> charge.unit().isCurrency())
        .forEach(charge ->
            ours.put(
                charge.period().start().toString().substring(0, 10) + charge.dimensions(),
                charge.net().add(charge.gross().orElseThrow()).stripTrailingZeros()));
    assertThat(ours).isEqualTo(expected(bytes.toString(StandardCharsets.UTF_8)));
  }

  private static Map<String, BigDecimal> expected(String text) throws IOException {
    var sums = new TreeMap<String, BigDecimal>();
    try (var reader = CsvReader.builder().ofNamedCsvRecord(text)) {
      for (var row : reader) {
        String key =
            row.getField("date")
                + "user="
                + row.getField("username")
                + ",sku="
                + row.getField("sku");
        sums.merge(
            key,
            new BigDecimal(row.getField("net_amount"))
                .add(new BigDecimal(row.getField("gross_amount"))),
            BigDecimal::add);
      }
    }
    sums.replaceAll((key, value) -> value.stripTrailingZeros());
    return sums;
  }

  private static String randomFile(Random random) {
    var text = new StringBuilder();
    int records = random.nextInt(12);
    for (int record = 0; record < records; record++) {
      int fields = 1 + random.nextInt(6);
      for (int field = 0; field < fields; field++) {
        text.append(field == 0 ? "" : ",").append(randomField(random));
      }
      boolean last = record == records - 1 && random.nextBoolean();
      text.append(last ? "" : random.nextBoolean() ? "\n" : "\r\n");
    }
    return text.toString();
  }

  private static String randomField(Random random) {
    var value = new StringBuilder();
    for (int piece = random.nextInt(4); piece > 0; piece--) {
      value.append(PIECES[random.nextInt(PIECES.length)]);
    }
    boolean needsQuotes =
        value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return needsQuotes || random.nextInt(8) == 0
        ? '"' + value.toString().replace("\"", "\"\"") + '"'
        : value.toString();
  }

  private static List<List<String>> ours(String text, Random random) throws IOException {
    var records = new CsvRecords(new Dripping(text.getBytes(StandardCharsets.UTF_8), random));
    var all = new ArrayList<List<String>>();
    while (records.next()) {
      var fields = new ArrayList<String>();
      for (int i = 0; i < records.fieldCount(); i++) {
        int start = records.start(i);
        fields.add(
            new String(records.data(), start, records.end(i) - start, StandardCharsets.UTF_8));
      }
      all.add(fields);
    }
    return all;
  }

  private static List<List<String>> fastCsv(String text) throws IOException {
    var all = new ArrayList<List<String>>();
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(text)) {
      for (CsvRecord row : reader) {
        all.add(row.getFields());
      }
    }
    return all;
  }

  /// Gives its bytes in pieces of random size.
  private static final class Dripping extends InputStream {
    private final ByteArrayInputStream bytes;
    private final Random random;

    Dripping(byte[] bytes, Random random) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int most = random.nextInt(4) == 0 ? 3 : 5_000;
      return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(most)));
    }
  }
}
