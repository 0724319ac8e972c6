package dev.spendwarden.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The whole of `/metrics`: the registry's families, then those of the snapshot. Thread-safe.
public final class Exposition {

  private static final byte[] EOF = "# EOF\n".getBytes(StandardCharsets.US_ASCII);

  private final Meters meters;
  private final BudgetCollector budgets;

  public Exposition(Meters meters, BudgetCollector budgets) {
    this.meters = meters;
    this.budgets = budgets;
  }

  /// Streams the exposition in blocks; takes in the order of a second at 100,000 budgets. Leaves
  /// `out` open.
  ///
  /// @throws IOException when `out` does
  public void write(Format format, OutputStream out) throws IOException {
    // First, so that what it leaves out is counted in the very answer that lacks it.
    SeriesPlan plan = budgets.plan();
    var own = new ByteArrayOutputStream();
    meters.registry().scrape(own, format.contentType());
    byte[] text = own.toByteArray();
    boolean ends = format == Format.OPEN_METRICS;
    out.write(text, 0, ends ? lengthBeforeEof(text) : text.length);
    var writer = new SampleWriter(out);
    budgets.write(plan, writer);
    writer.flush();
    if (ends) {
      out.write(EOF);
    }
  }

  private static int lengthBeforeEof(byte[] text) {
    int length = text.length - EOF.length;
    if (length < 0 || !Arrays.equals(text, length, text.length, EOF, 0, EOF.length)) {
      throw new IllegalStateException("the registry's OpenMetrics text does not end in # EOF");
    }
    return length;
  }
}
