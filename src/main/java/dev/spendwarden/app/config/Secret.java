package dev.spendwarden.app.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A secret that never prints itself. One from a file is read again each time it is asked for, so
/// that a rotated file takes effect without a reload.
public sealed interface Secret {

  /// The secret's text. Blocking when it lives in a file.
  ///
  /// @throws UncheckedIOException when its file cannot be read
  String reveal();

  static Secret of(String value) {
    return new InMemory(value);
  }

  static Secret inFile(Path file) {
    return new InFile(file);
  }

  /// From the environment.
  record InMemory(String value) implements Secret {
    @Override
    public String reveal() {
      return value;
    }

    @Override
    public String toString() {
      return "Secret[…]";
    }
  }

  record InFile(Path file) implements Secret {
    @Override
    public String reveal() {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the secret file " + file, e);
      }
    }
  }
}
