package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: each type of report arrives exact, and a file that is not wholly as documented is refused
/// with its line. Method: files written from the documented columns, the ugly rows included.
class ReportSumsReplayTest {

  private static final DateRange JANUARY =
      new DateRange(LocalDate.parse("2027-01-01"), LocalDate.parse("2027-01-31"));
  private static final List<Dimension> ALL = GithubSettings.keepable();

  private static List<String> read(ReportType type, String text, Dimension... keep)
      throws IOException {
    var sums = new ReportSums(type, JANUARY, List.of(keep), new Ledgers(List.of(type)));
    sums.add(Reports.stream(text));
    return charges(sums);
  }

  private static List<String> charges(ReportSums sums) {
    var book = new ReportSums.Book("github");
    sums.bookTo(book);
    return book.charges().stream().map(ReportSumsReplayTest::shown).sorted().toList();
  }

  private static String shown(Charge charge) {
    return "%s %s %s %s%s"
        .formatted(
            charge.period().start().toString().substring(0, 10),
            charge.dimensions(),
            charge.net().toPlainString(),
            charge.unit(),
            charge.gross().map(gross -> " of " + gross.toPlainString()).orElse(""));
  }

  @Test
  void detailed() throws IOException {
    assertThat(
            read(
                ReportType.DETAILED,
                Reports.text("detailed.csv"),
                Dimension.SKU,
                Dimension.USER,
                Dimension.REPOSITORY,
                Dimension.COST_CENTER))
        .containsExactlyInAnyOrder(
            "2027-01-16 user=ada,sku=actions_linux,repository=widget 0 USD of 11.007",
            "2027-01-16 user=ada,sku=actions_linux,repository=widget 1834.5 minutes",
            "2027-01-16 user=ines,sku=copilot_for_business,cost_center=Research 0.0333333"
                + " user_months",
            "2027-01-16 user=ines,sku=copilot_for_business,cost_center=Research 0.6333327 USD of"
                + " 0.6333327",
            "2027-01-16 user=tomo,sku=actions_macos,repository=ios, client,cost_center=Mobile"
                + " 13.144 USD of 13.144",
            "2027-01-16 user=tomo,sku=actions_macos,repository=ios, client,cost_center=Mobile 212"
                + " minutes",
            "2027-01-16 user=tomo,sku=copilot_ai_credits 0.032 USD of 0.032",
            "2027-01-16 user=tomo,sku=copilot_ai_credits 3.2 ai_credits",
            "2027-01-16 sku=actions_storage,repository=widget 0.0324998544 USD of 0.0324998544",
            "2027-01-16 sku=actions_storage,repository=widget 96.72 gigabyte_hours",
            "2027-01-17 user=ada,sku=actions_linux,repository=widget -0.03 USD of -0.03",
            "2027-01-17 user=ada,sku=actions_linux,repository=widget -5 minutes");
  }

  @Test
  void summarized() throws IOException {
    assertThat(
            read(
                ReportType.SUMMARIZED,
                Reports.text("summarized.csv"),
                Dimension.PRODUCT,
                Dimension.USER))
        .containsExactlyInAnyOrder(
            "2027-01-16 product=actions 0 USD of 11.007",
            "2027-01-16 product=actions 1834.5 minutes",
            "2027-01-16 product=packages 0.0000001 gigabytes",
            "2027-01-16 product=packages 0.00000005 USD of 0.00000005");
  }

  @Test
  void aiCreditsOfSeveralRepositoriesAreNotTakenForDuplicates() throws IOException {
    assertThat(
            read(
                ReportType.AI_CREDIT,
                Reports.text("ai_credit.csv"),
                Dimension.USER,
                Dimension.MODEL))
        .containsExactlyInAnyOrder(
            "2027-01-16 user=ada,model=claude-sonnet-5 0 USD of 4.1275",
            "2027-01-16 user=ada,model=claude-sonnet-5 412.75 ai_credits",
            "2027-01-16 user=ada,model=gpt-5.4 1.764 USD of 1.764",
            "2027-01-16 user=ada,model=gpt-5.4 176.4 ai_credits",
            "2027-01-16 user=tomo,model=gpt-5.4 0.032 USD of 0.032",
            "2027-01-16 user=tomo,model=gpt-5.4 3.2 ai_credits");
  }

  @Test
  void premiumRequests() throws IOException {
    assertThat(
            read(
                ReportType.PREMIUM_REQUEST,
                Reports.text("premium_request.csv"),
                Dimension.COST_CENTER,
                Dimension.MODEL))
        .containsExactlyInAnyOrder(
            "2027-01-12 model=Coding Agent model 0.24 USD of 0.24",
            "2027-01-12 model=Coding Agent model 6 premium_requests",
            "2027-01-12 model=GPT-5,cost_center=Research\nand \"development\" 0 USD of 0.56",
            "2027-01-12 model=GPT-5,cost_center=Research\nand \"development\" 14 premium_requests");
  }

  // What is cut inside a row's last field looks whole: that it came whole is the transfer's to say.
  @ParameterizedTest
  @EnumSource(
      value = ReportType.class,
      names = {"DETAILED", "SUMMARIZED", "AI_CREDIT"})
  void aFileCutBeforeTheLastFieldOfARowIsRefused(ReportType type) throws IOException {
    String whole = Reports.text(type.word() + ".csv").stripTrailing();
    Dimension[] all = ALL.toArray(Dimension[]::new);
    List<String> expected = read(type, whole + "\n", all);
    int refused = 0;
    for (int length = whole.indexOf('\n') + 1; length < whole.length(); length++) {
      String cut = whole.substring(0, length);
      String lastLine = cut.substring(cut.lastIndexOf('\n') + 1).replaceAll("\"[^\"]*\"?", "");
      boolean allFields = commas(lastLine) == commas(whole.lines().findFirst().orElseThrow());
      if (allFields || lastLine.isBlank()) {
        continue;
      }
      assertThatThrownBy(() -> read(type, cut, all))
          .as("cut after %d", length)
          .isInstanceOf(MalformedCsv.class)
          .hasMessageStartingWith("line ");
      refused++;
    }
    assertThat(refused).isGreaterThan(whole.length() / 2);
    assertThat(read(type, whole, all)).as("without its last line end").isEqualTo(expected);
  }

  private static long commas(String text) {
    return text.chars().filter(c -> c == ',').count();
  }

  private static final String HEADER =
      "date,product,sku,quantity,unit_type,gross_amount,net_amount,username,organization\n";
  private static final String ROW = "2027-01-16,actions,linux,1,minutes,2,3,ada,corvid\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2027-01-16,actions,linux,1,minutes,2,3,ada | line 3: 8 fields where the header names 9",
        "2027-01-16,actions,linux,1,minutes,2,3,ada,corvid,x | line 3: 10 fields where the header"
            + " names 9",
        "2027-01-16,actions,linux,,minutes,2,3,ada,corvid | line 3: field 4 is not a decimal of a"
            + " usual length",
        "2027-01-16,actions,linux,1,minutes,2,1_000,ada,corvid | line 3: field 7 is not a decimal"
            + " of a usual length",
        "2027-01-16,actions,linux,1,minutes,NaN,3,ada,corvid | line 3: field 6 is not a decimal of"
            + " a usual length",
        "2027-01-16,actions,linux,1,minutes,1e999999999,3,ada,corvid | line 3: field 6 is not a"
            + " decimal of a usual length",
        "16/01/2027,actions,linux,1,minutes,2,3,ada,corvid | line 3: a date that is not YYYY-MM-DD",
        "2027-02-29,actions,linux,1,minutes,2,3,ada,corvid | line 3: a date that is not YYYY-MM-DD",
        "2027-02-01,actions,linux,1,minutes,2,3,ada,corvid | line 3: a row of 2027-02-01, the"
            + " report was asked for 2027-01-01 to 2027-01-31",
        "2027-01-16,actions,linux,1,%,2,3,ada,corvid | line 3: a unit_type that is not a word",
        "2027-01-16,act\"ions,linux,1,minutes,2,3,ada,corvid | line 3: a quote inside a field that"
            + " does not begin with one",
        "2027-01-16,\"actions\"x,linux,1,minutes,2,3,ada,corvid | line 3: text behind a closing"
            + " quote",
        "2027-01-16,\"actions,linux,1,minutes,2,3,ada,corvid | line 3: a quote is left open",
        "2027-01-16,act\\rions,linux,1,minutes,2,3,ada,corvid | line 3: a carriage return without"
            + " a line feed",
        "2027-01-16,act\\0ions,linux,1,minutes,2,3,ada,corvid | line 3: a NUL byte"
      })
  void aRowThatIsNotAsDocumentedIsRefusedWithItsLine(String row, String complaint) {
    String ugly = row.replace("\\r", "\r").replace("\\0", "\0");
    assertThatThrownBy(
            () -> read(ReportType.DETAILED, HEADER + ROW + ugly + "\n" + ROW, Dimension.PRODUCT))
        .isInstanceOf(MalformedCsv.class)
        .hasMessage(complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "date",
    "quantity",
    "unit_type",
    "gross_amount",
    "net_amount",
    "username",
    "organization"
  })
  void aFileWithoutAColumnThatIsNeededIsRefused(String column) {
    assertThatThrownBy(() ->
            read(
                ReportType.DETAILED,
                HEADER.replace(column, "another"),
                Dimension.USER,
                Dimension.ORGANIZATION))
        .hasMessage("line 1: the header lacks the column " + column);
  }

  @Test
  void aColumnThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> read(ReportType.DETAILED, HEADER.replace("sku", "product")))
        .hasMessage("line 1: a column name stands twice in the header");
  }

  @Test
  void anEmptyFileIsRefusedAndOneWithoutRowsIsNot() throws IOException {
    assertThatThrownBy(() -> read(ReportType.DETAILED, ""))
        .hasMessage("line 1: the file is empty, not even a header line");
    assertThat(read(ReportType.DETAILED, HEADER)).isEmpty();
  }

  @Test
  void linesInsideQuotesCount() {
    assertThatThrownBy(() ->
            read(
                ReportType.DETAILED,
                HEADER + ROW.replace("linux", "\"li\n\r\nux\"") + "x\n",
                Dimension.PRODUCT))
        .hasMessageStartingWith("line 5: 1 fields");
  }

  @Test
  void namesOfOtherScriptsArriveAndBrokenOnesAreRefused() throws IOException {
    assertThat(read(ReportType.DETAILED, HEADER + ROW.replace("ada", "Zoë 天"), Dimension.USER))
        .contains("2027-01-16 user=Zoë 天 3 USD of 2");
    var sums =
        new ReportSums(
            ReportType.DETAILED,
            JANUARY,
            List.of(Dimension.USER),
            new Ledgers(List.of(ReportType.DETAILED)));
    byte[] broken =
        (HEADER + ROW.replace("ada", "a\u00ff"))
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> sums.add(new java.io.ByteArrayInputStream(broken)))
        .hasMessage("line 2: field 8 is not UTF-8");
  }

  @Test
  void tooManyCombinationsAreRefused() throws IOException {
    var sums =
        new ReportSums(
            ReportType.DETAILED,
            JANUARY,
            List.of(Dimension.USER),
            new Ledgers(List.of(ReportType.DETAILED)),
            2);
    sums.add(Reports.stream(HEADER + ROW + ROW.replace("ada", "tomo") + ROW));
    assertThatThrownBy(() -> sums.add(Reports.stream(HEADER + ROW.replace("ada", "ines"))))
        .isInstanceOf(TooManySums.class);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "minutes, minutes",
        "credits, ai_credits",
        "Requests, premium_requests",
        "gigabyte-hours, gigabyte_hours",
        "GigabyteHours, gigabyte_hours",
        "user-months, user_months",
        "'Gigabyte Hours', gigabyte_hours",
        "'', -",
        "€, -"
      })
  void unitsHaveOneSpelling(String written, String ours) {
    assertThat(Ledgers.unit(written).map(unit -> unit.code())).isEqualTo(Optional.ofNullable(ours));
  }

  @Test
  void amountsOfAnySizeAreExact() throws IOException {
    String[] amounts = {
      "999999999999999999",
      "-0.000000000000000001",
      "0.1",
      "12345678901234567890.12345678901234567",
      "1e-7",
      "+5",
      ".5",
      "7.",
      "-999999999999999999",
      "0.99999999999999999999999"
    };
    var expected = BigDecimal.ZERO;
    var rows = new StringBuilder(HEADER);
    for (int i = 0; i < 1000; i++) {
      String amount = amounts[i * 7 % amounts.length];
      expected = expected.add(new BigDecimal(amount));
      rows.append(ROW.replace(",3,", "," + amount + ","));
    }
    assertThat(read(ReportType.DETAILED, rows.toString()))
        .contains("2027-01-16  " + expected.stripTrailingZeros().toPlainString() + " USD of 2000");
  }

  @Test
  void sumsBeyond128BitsAreExact() throws IOException {
    var rows = new StringBuilder(HEADER);
    String most = "999999999999999999";
    for (int i = 0; i < 2000; i++) {
      rows.append(ROW.replace(",3,", "," + most + ","));
    }
    assertThat(read(ReportType.DETAILED, rows.toString()))
        .contains(
            "2027-01-16  "
                + new BigDecimal(most).multiply(BigDecimal.valueOf(2000)).toPlainString()
                + " USD of 4000");
  }
}
