package dev.spendwarden.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/// Writes families and their samples as text, in blocks of 64 KiB. A family without a sample leaves
/// no trace; a number that is not known (NaN) leaves no sample.
final class SampleWriter {

  private static final int BLOCK = 64 * 1024;

  /// Digits beyond which a decimal is written as the nearest double: a reader makes one of it
  /// anyway.
  private static final int MAX_DIGITS = 40;

  private final OutputStream out;
  private final byte[] buffer = new byte[BLOCK];
  private int size;
  private byte[] header = {};
  private byte[] name = {};
  private boolean headerDue;

  SampleWriter(OutputStream out) {
    this.out = out;
  }

  /// Starts a family of gauges. Each name may be started once.
  void gauges(String name, String help) {
    this.name = ascii(name);
    // Both formats read this order of the two lines; OpenMetrics wants both before any sample.
    this.header = ascii("# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n");
    this.headerDue = true;
  }

  /// @param labels as [Labels] renders them, in UTF-8
  void sample(byte[] labels, double value) throws IOException {
    if (!Double.isNaN(value)) {
      line(labels, new byte[0], text(value));
    }
  }

  /// @param more further labels after the first
  void sample(byte[] labels, byte[] more, double value) throws IOException {
    if (!Double.isNaN(value)) {
      line(labels, more, text(value));
    }
  }

  void sample(byte[] labels, BigDecimal value) throws IOException {
    boolean small = value.precision() <= MAX_DIGITS && Math.abs((long) value.scale()) <= MAX_DIGITS;
    line(labels, new byte[0], small ? value.toString() : text(value.doubleValue()));
  }

  void sample(byte[] labels, long value) throws IOException {
    line(labels, new byte[0], Long.toString(value));
  }

  void flush() throws IOException {
    if (size > 0) {
      out.write(buffer, 0, size);
      size = 0;
    }
  }

  private void line(byte[] labels, byte[] more, String value) throws IOException {
    if (headerDue) {
      if (header.length > BLOCK - size) {
        flush();
      }
      append(header);
      headerDue = false;
    }
    int length = name.length + labels.length + more.length + value.length() + 5;
    if (length > BLOCK - size) {
      flush();
    }
    // A line is far shorter than a block: labels are few and each is bounded ([Labels#MAX_VALUE]).
    append(name);
    buffer[size++] = '{';
    append(labels);
    if (more.length > 0) {
      buffer[size++] = ',';
      append(more);
    }
    buffer[size++] = '}';
    buffer[size++] = ' ';
    int at = size;
    for (int i = 0; i < value.length(); i++) {
      buffer[at++] = (byte) value.charAt(i);
    }
    buffer[at++] = '\n';
    size = at;
  }

  private void append(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private static String text(double value) {
    if (value == (long) value && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return Double.toString(value);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
