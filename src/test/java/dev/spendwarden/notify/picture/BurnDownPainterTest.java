package dev.spendwarden.notify.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.notify.picture.BurnDown.Forecast;
import dev.spendwarden.notify.picture.BurnDown.Point;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Run with `-Dpicture.write=FOLDER` to look at what is drawn.
public class BurnDownPainterTest {

  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-02-01T00:00:00Z");
  private static final int LIMIT_RED = 0xc92a2a;
  private static final int SPENT_BLUE = 0x3b5bdb;

  /// Whether this system has fonts, without which nothing can be drawn.
  public static boolean hasFonts() {
    try {
      return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length
          > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      return false;
    }
  }

  @BeforeAll
  static void needsFonts() {
    System.setProperty("java.awt.headless", "true");
    assumeTrue(hasFonts(), "there are no fonts here, so that nothing can be drawn");
  }

  private static BurnDown picture(
      List<Point> spent, Optional<BigDecimal> limit, Optional<Forecast> forecast) {
    return new BurnDown(
        "ionq-user-quota (user=u1)", "USD", ZoneOffset.UTC, START, END, spent, limit, forecast);
  }

  private static List<Point> days(int count) {
    return IntStream.rangeClosed(0, count)
        .mapToObj(day ->
            new Point(
                START.plusSeconds(86_400L * day), new BigDecimal(day).multiply(BigDecimal.TEN)))
        .toList();
  }

  private static Set<Integer> coloursOf(String name, BurnDown picture) throws IOException {
    byte[] png = BurnDownPainter.png(picture);
    String folder = System.getProperty("picture.write");
    if (folder != null) {
      Files.write(Path.of(folder, name + ".png"), png);
    }
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(960);
    var colours = new HashSet<Integer>();
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        colours.add(image.getRGB(x, y) & 0xffffff);
      }
    }
    return colours;
  }

  @Test
  void showsLimitSpendAndForecast() throws IOException {
    var forecast = Optional.of(new Forecast(230, 301, 410));
    assertThat(coloursOf("whole", picture(days(20), Optional.of(new BigDecimal(250)), forecast)))
        .contains(LIMIT_RED, SPENT_BLUE)
        // The band, laid thinly over white.
        .anyMatch(colour ->
            colour != SPENT_BLUE
                && (colour & 0xff) > 0xf0
                && colour < 0xe0ffff
                && (colour >> 16) < 0xe0);
  }

  @Test
  void aBudgetWithoutLimitOrForecastIsDrawnToo() throws IOException {
    assertThat(coloursOf("bare", picture(days(3), Optional.empty(), Optional.empty())))
        .contains(SPENT_BLUE)
        .doesNotContain(LIMIT_RED);
  }

  @Test
  void oddFiguresAreNoFailure() throws IOException {
    var nothing = List.of(new Point(START, BigDecimal.ZERO));
    var endless = Optional.of(new Forecast(Double.NaN, Double.POSITIVE_INFINITY, 1));
    assertThat(coloursOf("odd", picture(nothing, Optional.of(BigDecimal.ZERO), endless)))
        .isNotEmpty();
    var negative =
        List.of(new Point(START, BigDecimal.TEN), new Point(END, BigDecimal.TEN.negate()));
    assertThat(coloursOf("negative", picture(negative, Optional.empty(), Optional.empty())))
        .contains(SPENT_BLUE);
  }
}
