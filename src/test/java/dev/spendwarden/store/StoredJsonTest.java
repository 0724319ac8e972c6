package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredJsonTest {

  @Test
  void anyDimensionsComeBackAndNoTwoHaveTheSameText() {
    var random = new Random(1);
    Map<String, Dimensions> byText = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      Dimensions dimensions = Samples.dimensions(random);
      String text = StoredJson.write(dimensions);

      assertThat(StoredJson.parseDimensions(text)).isEqualTo(dimensions);
      assertThat(byText.putIfAbsent(text, dimensions)).isIn(null, dimensions);
      // What the database keeps is UTF-8.
      assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
          .isEqualTo(text);
    }
  }

  @Test
  void equalDimensionsHaveTheSameTextInWhateverOrderTheyWereMade() {
    var one = Dimensions.of(Dimension.USER, "u").with(Dimension.MODEL, "m");
    var other = Dimensions.of(Dimension.MODEL, "m").with(Dimension.USER, "u");

    assertThat(StoredJson.write(one))
        .isEqualTo(StoredJson.write(other))
        .isEqualTo("{\"user\":\"u\",\"model\":\"m\"}");
  }

  @Test
  void whatWasNotWrittenByUsIsRefused() {
    for (String text :
        new String[] {"", "[]", "{", "{\"user\":1}", "{\"unheard_of\":\"x\"}", "{\"user\":"}) {
      assertThatThrownBy(() -> StoredJson.parseDimensions(text))
          .as(text)
          .isInstanceOf(StoreException.class);
    }
    assertThatThrownBy(() -> StoredJson.parseRules("{\"spent\":{\"firing\":\"soon\"}}"))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> StoredJson.parseRules("{\"spent\":{}}"))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void instantsSortAsTheirTextAndKeepNanoseconds() {
    var random = new Random(2);
    for (int i = 0; i < 5_000; i++) {
      Instant one = Samples.instant(random);
      Instant other = one.plusNanos(random.nextLong(-5_000_000_000L, 5_000_000_000L));
      if (other.isBefore(Instant.parse("0000-01-01T00:00:00Z"))
          || other.isAfter(Instant.parse("9999-12-31T23:59:59Z"))) {
        continue;
      }
      String text = InstantText.write(one);
      assertThat(text).hasSize(30);
      assertThat(InstantText.parse(text)).isEqualTo(one);
      assertThat(Integer.signum(text.compareTo(InstantText.write(other))))
          .isEqualTo(Integer.signum(one.compareTo(other)));
    }
    assertThatThrownBy(() -> InstantText.write(Instant.parse("+10000-01-01T00:00:00Z")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> InstantText.write(Instant.MIN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
