package dev.spendwarden.web;

import java.util.Optional;
import java.util.function.Supplier;

/// The tokens that open the HTTP side. Asked for at each call, since a token may live in a file
/// that is rotated; the suppliers may block, and throw when the file cannot be read.
///
/// @param write opens everything; empty: calls that change something are refused
/// @param read opens what only reads; empty: reading needs no token
public record Tokens(Optional<Supplier<String>> write, Optional<Supplier<String>> read) {

  boolean guardReading() {
    return read.isPresent();
  }
}
