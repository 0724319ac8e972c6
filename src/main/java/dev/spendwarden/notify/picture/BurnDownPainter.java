package dev.spendwarden.notify.picture;

import dev.spendwarden.notify.ForeignText;
import dev.spendwarden.notify.picture.BurnDown.Forecast;
import dev.spendwarden.notify.picture.BurnDown.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TimeZone;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws a [BurnDown] as a PNG. Needs no screen, but a font: on a system without any, drawing ends
/// in an unchecked exception or an [Error] of AWT, and the caller has to live without the picture.
/// Thread-safe.
public final class BurnDownPainter {

  private static final int WIDTH = 960;
  private static final int HEIGHT = 480;

  private static final int TITLE_LENGTH = 80;

  private static final Color INK = new Color(0x1c2330);
  private static final Color SOFT = new Color(0x5b6575);
  private static final Color GRID = new Color(0xe4e8ee);
  private static final Color SPENT = new Color(0x3b5bdb);
  private static final Color LIMIT = new Color(0xc92a2a);
  private static final Color BAND = new Color(0x3b, 0x5b, 0xdb, 0x2e);

  private static final BasicStroke DASHED =
      new BasicStroke(
          2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, new float[] {7f, 6f}, 0f);

  static {
    // Before AWT is touched for the first time, or it looks for a screen.
    System.setProperty("java.awt.headless", "true");
  }

  private BurnDownPainter() {}

  public static byte[] png(BurnDown picture) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(ForeignText.forPeople(picture.title(), TITLE_LENGTH))
            .yAxisTitle(picture.unit())
            .build();
    style(chart.getStyler(), picture);
    drawForecast(chart, picture);
    drawSpent(chart, picture);
    drawLimit(chart, picture);
    try {
      return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException("a picture in memory does not fail", e);
    }
  }

  private static void style(XYStyler styler, BurnDown picture) {
    styler
        .setChartBackgroundColor(Color.WHITE)
        .setChartFontColor(INK)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18))
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setPlotContentSize(1.0)
        .setAntiAlias(true)
        .setLocale(Locale.ROOT);
    ZoneId zone = picture.zone();
    var days = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(zone);
    styler
        .setPlotGridLinesColor(GRID)
        .setPlotGridVerticalLinesVisible(false)
        .setAxisTickLabelsColor(SOFT)
        .setXAxisTickLabelsFormattingFunction(
            millis -> days.format(Instant.ofEpochMilli(millis.longValue())))
        .setTimezone(TimeZone.getTimeZone(zone))
        .setXAxisMin((double) picture.start().toEpochMilli())
        .setXAxisMax((double) picture.end().toEpochMilli())
        .setYAxisMin(Math.min(0, lowest(picture)))
        .setYAxisMax(highest(picture) * 1.08)
        .setYAxisDecimalPattern("#,##0.##");
  }

  private static double lowest(BurnDown picture) {
    return picture.spent().stream()
        .mapToDouble(point -> point.spent().doubleValue())
        .min()
        .orElse(0);
  }

  private static double highest(BurnDown picture) {
    double spent =
        picture.spent().stream().mapToDouble(point -> point.spent().doubleValue()).max().orElse(0);
    double limit = picture.limit().map(BigDecimal::doubleValue).orElse(0.0);
    double forecast = picture.forecast().filter(Forecast::isFinite).map(Forecast::p90).orElse(0.0);
    double highest = Math.max(spent, Math.max(limit, forecast));
    return highest > 0 ? highest : 1;
  }

  /// From now, where it is known what was spent, to the period's end, where the band is widest.
  private static void drawForecast(XYChart chart, BurnDown picture) {
    if (picture.forecast().filter(Forecast::isFinite).isEmpty()) {
      return;
    }
    Forecast forecast = picture.forecast().get();
    double now = picture.spent().getLast().at().toEpochMilli();
    double end = picture.end().toEpochMilli();
    double spent = picture.spent().getLast().spent().doubleValue();
    if (now >= end) {
      return;
    }
    XYSeries band =
        chart.addSeries(
            "p10 – p90",
            new double[] {now, end, end, now},
            new double[] {spent, forecast.p90(), forecast.p10(), spent});
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setMarker(SeriesMarkers.NONE).setLineColor(BAND).setFillColor(BAND);
    XYSeries middle =
        chart.addSeries("Forecast", new double[] {now, end}, new double[] {spent, forecast.p50()});
    middle.setMarker(SeriesMarkers.NONE).setLineColor(SPENT).setLineStyle(DASHED);
  }

  private static void drawSpent(XYChart chart, BurnDown picture) {
    double[] at = picture.spent().stream().mapToDouble(p -> p.at().toEpochMilli()).toArray();
    double[] spent =
        picture.spent().stream().map(Point::spent).mapToDouble(BigDecimal::doubleValue).toArray();
    XYSeries series = chart.addSeries("Spent", at, spent);
    series
        .setMarker(at.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
        .setMarkerColor(SPENT)
        .setLineColor(SPENT)
        .setLineWidth(3f);
  }

  private static void drawLimit(XYChart chart, BurnDown picture) {
    if (picture.limit().isEmpty()) {
      return;
    }
    double limit = picture.limit().get().doubleValue();
    XYSeries series =
        chart.addSeries(
            "Limit",
            new double[] {picture.start().toEpochMilli(), picture.end().toEpochMilli()},
            new double[] {limit, limit});
    series.setMarker(SeriesMarkers.NONE).setLineColor(LIMIT).setLineWidth(2f);
  }
}
