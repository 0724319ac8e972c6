package dev.spendwarden.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FormatTest {

  private record Row(String accept, Format format, String note) {}

  @Test
  void choosesTheFormatThatTheScraperLikesBest() {
    var rows =
        List.of(
            new Row(null, Format.TEXT, "curl without a header"),
            new Row("*/*", Format.TEXT, "curl"),
            new Row("text/html,*/*;q=0.8", Format.TEXT, "a browser"),
            new Row(
                "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4",
                Format.OPEN_METRICS,
                "Prometheus 3"),
            new Row(
                "text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.1",
                Format.TEXT,
                "prefers text"),
            new Row("application/openmetrics-text", Format.OPEN_METRICS, "any version"),
            new Row("application/openmetrics-text;version=2.0.0", Format.TEXT, "not ours"),
            new Row("APPLICATION/OpenMetrics-Text; Q=0", Format.TEXT, "refused"),
            new Row("application/openmetrics-text;q=much", Format.TEXT, "nonsense"),
            new Row("", Format.TEXT, "empty"));
    for (Row row : rows) {
      assertThat(Format.negotiate(row.accept())).as(row.note()).isEqualTo(row.format());
    }
  }
}
