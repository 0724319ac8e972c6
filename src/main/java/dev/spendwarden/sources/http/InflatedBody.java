package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// The body decompressed, with a ceiling: a few kilobytes must not become gigabytes here.
final class InflatedBody extends InputStream {

  /// Text such as bills shrinks by 10 to 50; beyond this it is an attack or a mistake.
  static final int MAX_RATIO = 200;

  /// Small answers may be as repetitive as they like.
  static final long RATIO_COUNTS_FROM = 1 << 20;

  private final ResponseBody raw;
  private final InputStream inflated;
  private final long maxBytes;
  private long count;

  private InflatedBody(ResponseBody raw, InputStream inflated, long maxBytes) {
    this.raw = raw;
    this.inflated = inflated;
    this.maxBytes = maxBytes;
  }

  /// The body by its `Content-Encoding`.
  static InputStream decoded(ResponseBody raw, Headers headers, long maxBytes) throws IOException {
    String encoding = headers.first("content-encoding").orElse("identity").strip();
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> raw;
      case "gzip", "x-gzip" -> of(raw, maxBytes);
      default ->
          throw new RequestFailure(
              FailureReason.MALFORMED, "an answer in an encoding that was not asked for");
    };
  }

  static InputStream of(ResponseBody raw, long maxBytes) throws IOException {
    if (raw.available() == 0) {
      // Nothing at all, which some servers label as gzip all the same.
      return raw;
    }
    try {
      return new InflatedBody(raw, new GZIPInputStream(raw, 1 << 16), maxBytes);
    } catch (ZipException | EOFException e) {
      throw broken();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int taken;
    try {
      taken = inflated.read(target, offset, length);
    } catch (ZipException | EOFException e) {
      throw broken();
    }
    if (taken > 0) {
      count += taken;
      checkCaps();
    }
    return taken;
  }

  private void checkCaps() throws RequestFailure {
    if (count > maxBytes) {
      throw new RequestFailure(
          FailureReason.TOO_LARGE, "the answer is larger than " + maxBytes + " bytes unpacked");
    }
    if (count > RATIO_COUNTS_FROM && count / MAX_RATIO > raw.count()) {
      throw new RequestFailure(
          FailureReason.TOO_LARGE,
          "the answer unpacks to more than " + MAX_RATIO + " times itself");
    }
  }

  private static RequestFailure broken() {
    return new RequestFailure(FailureReason.MALFORMED, "the answer's gzip data is broken");
  }
}
