package dev.spendwarden.sources.gcore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// Answers as Gcore's published description has them, written for these tests.
final class Payloads {

  private Payloads() {}

  static byte[] bytes(String name) {
    try (InputStream in = Payloads.class.getResourceAsStream("/gcore/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
