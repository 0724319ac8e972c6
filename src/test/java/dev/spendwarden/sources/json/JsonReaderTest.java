package dev.spendwarden.sources.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class JsonReaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1",
        "58749.60",
        "-0.000000000001",
        "12345678901234567890123456789012345678.123456789012",
        "1e3",
        "1E-12",
        "0"
      })
  void numbersAreTheExactDecimalOfTheirText(String text) throws MalformedAnswer {
    assertThat(read("{\"a\": " + text + "}").field("a").number()).isEqualTo(new BigDecimal(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e999999999",
        "-1e-999999999",
        "0e999999999",
        "1e99999999999999999999",
        "1e61",
        "1e-61",
        "[1e2147483648]"
      })
  void numbersThatWouldHangArithmeticAreRefusedAtOnce(String text) {
    assertThatThrownBy(() -> read("{\"a\": " + text + "}"))
        .isInstanceOf(MalformedAnswer.class)
        .hasMessageStartingWith("a");
  }

  @Test
  void aNumberOfMoreThanAHundredDigitsIsRefused() throws MalformedAnswer {
    assertThat(read("9".repeat(100)).number().precision()).isEqualTo(100);
    assertThatThrownBy(() -> read("9".repeat(101))).isInstanceOf(MalformedAnswer.class);
    assertThatThrownBy(() -> read("9".repeat(1_000_000))).isInstanceOf(MalformedAnswer.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "<html>no</html>",
        "{\"a\": 1",
        "{\"a\": [1, 2",
        "{\"a\": \"x",
        "{\"a\": 1}{}",
        "{\"a\": 1} x",
        "{\"a\": 1, \"a\": 1}",
        "{\"a\": {\"b\": 1, \"b\": null}}",
        "{\"a\": NaN}",
        "{\"a\": 01}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{'a': 1}",
        "{\"a\": 1,}",
        "[1,]",
        "// c\n1",
        "nul",
        "]"
      })
  void whatIsNotOneStrictDocumentIsMalformed(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedAnswer.class);
  }

  @Test
  void brokenUtf8IsMalformed() {
    byte[] document = {'"', (byte) 0xc3, (byte) 0x28, '"'};
    assertThatThrownBy(() -> JsonReader.read(document)).isInstanceOf(MalformedAnswer.class);
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(MalformedAnswer.class);
    assertThatThrownBy(() -> read("{\"a\":".repeat(33) + "1" + "}".repeat(33)))
        .isInstanceOf(MalformedAnswer.class);
  }

  @Test
  void aByteOrderMarkIsSkipped() throws MalformedAnswer {
    assertThat(read("\ufeff{\"a\": \"ü\"}").field("a").text()).isEqualTo("ü");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'m': [{}, {'q': 'x'}]} | m[1].q: expected a number, found a string",
        "{'m': [{}, {'q': null}]} | m[1].q: expected a number, found null",
        "{'m': [{}, {}]} | m[1].q: expected a number, found nothing",
        "{'m': [{}, 7]} | m[1]: expected an object, found a number",
        "{'m': {}} | m: expected an array, found an object",
        "[] | expected an object, found an array",
      })
  void complaintsNameThePlace(String document, String message) {
    assertThatThrownBy(
            () -> read(document.replace('\'', '"')).field("m").items().get(1).field("q").number())
        .isInstanceOf(MalformedAnswer.class)
        .hasMessage(message);
  }

  @Test
  void absentAndNullAreBothEmptyButOtherTypesAreNot() throws MalformedAnswer {
    JsonField root = read("{\"a\": null, \"b\": \"7\"}");
    assertThat(root.field("a").optionalNumber()).isEmpty();
    assertThat(root.field("c").optionalNumber()).isEmpty();
    assertThatThrownBy(() -> root.field("b").optionalNumber()).isInstanceOf(MalformedAnswer.class);
  }

  private static JsonField read(String document) throws MalformedAnswer {
    return JsonReader.read(document.getBytes(StandardCharsets.UTF_8));
  }
}
