package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.fuzz.Bombs;
import dev.spendwarden.fuzz.Fuzz;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GithubFuzzTest {

  @ParameterizedTest
  @EnumSource(ReportType.class)
  void sumsOfReports(ReportType type) throws IOException {
    var asked = new DateRange(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 31));
    Fuzz.ofFiles("github-" + type.word(), "github", ".csv")
        .refusing(MalformedCsv.class, TooManySums.class)
        .run(input -> {
          var sums =
              new ReportSums(
                  type,
                  asked,
                  List.of(Dimension.PRODUCT, Dimension.USER),
                  new Ledgers(List.of(type)),
                  100);
          sums.add(new ByteArrayInputStream(input));
        });
  }

  @Test
  void records() throws IOException {
    Fuzz.ofFiles("csv", "github", ".csv")
        .refusing(MalformedCsv.class)
        .run(input -> {
          var records = new CsvRecords(new ByteArrayInputStream(input));
          while (records.next()) {
            for (int field = 0; field < records.fieldCount(); field++) {
              assertThat(records.end(field)).isGreaterThanOrEqualTo(records.start(field));
            }
          }
        });
  }

  /// A line, a row or a quote without end.
  @ParameterizedTest
  @ValueSource(strings = {"x", ",", "\"", "\"\"", "\"x\n", "9"})
  void whatNeverEndsIsRefusedSoon(String endless) throws Exception {
    String header = "date,product,sku,quantity,unit_type,net_amount,username\n2027-01-05,\"";
    String before = endless.startsWith("\"x") ? header : header.substring(0, header.length() - 1);
    byte[] bytes = (before + endless.repeat(2_000_000)).getBytes(StandardCharsets.UTF_8);
    Bombs.assertRefusedSoon(
        endless,
        () -> {
          try {
            var records = new CsvRecords(new ByteArrayInputStream(bytes));
            while (records.next()) {
              assertThat(records.fieldCount()).isLessThan(1_000_000);
            }
            return false;
          } catch (MalformedCsv e) {
            return true;
          }
        });
  }

  /// What a transfer cuts or garbles inside of gzip is refused as well.
  @Test
  void zippedReports() throws IOException {
    var asked = new DateRange(LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 31));
    Fuzz plain = Fuzz.ofFiles("github-gzip", "github", ".csv");
    new Fuzz(plain.name(), plain.corpus().stream().map(GithubFuzzTest::zipped).toList(), List.of())
        .refusing(MalformedCsv.class, TooManySums.class, IOException.class)
        .run(input ->
            new ReportSums(
                    ReportType.DETAILED,
                    asked,
                    List.of(Dimension.PRODUCT, Dimension.USER),
                    new Ledgers(List.of(ReportType.DETAILED)),
                    100)
                .add(new GZIPInputStream(new ByteArrayInputStream(input))));
  }

  private static byte[] zipped(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static final String EXPORT =
      """
      {"id": "exp-1", "report_type": "detailed", "start_date": "2027-01-01",
       "end_date": "2027-01-31", "actor": "corvid-bot", "status": "completed",
       "created_at": "2027-01-20T08:59:58Z",
       "download_urls": ["https://objects.githubusercontent.com/a?sig=x"]}
      """;

  @Test
  void exports() throws IOException {
    Fuzz.ofTexts("github-exports", List.of(EXPORT))
        .refusing(MalformedAnswer.class)
        .run(input -> RemoteExport.read(JsonReader.read(input)));
  }
}
