package dev.spendwarden.sources.ionq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/// The answers under `src/test/resources/ionq`, written from the documented schema.
final class Payloads {

  private Payloads() {}

  static byte[] bytes(String name) {
    try (var in = Payloads.class.getResourceAsStream("/ionq/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
