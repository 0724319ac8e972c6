package dev.spendwarden.sources.ionq;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/// What an IonQ source is told.
///
/// @param name the source's configured name
/// @param baseUrl up to the version, `https://api.ionq.co/v0.3`
/// @param apiKey asked before each poll, so that a rotated key takes effect
/// @param organization the id as IonQ writes it: a string, never parsed
/// @param timeout for one whole answer
public record IonqSettings(
    String name,
    URI baseUrl,
    Supplier<String> apiKey,
    String organization,
    BalanceMeans balanceMeans,
    IonqWindow window,
    Duration timeout) {

  /// What the report's `balance` is, which IonQ does not say.
  public enum BalanceMeans {
    /// Of the budget: spent is budget minus balance.
    REMAINING,
    SPENT,
    /// The account's spend is the sum over its QPUs.
    IGNORE
  }

  public IonqSettings {
    if (organization.isBlank() || organization.equals(".") || organization.equals("..")) {
      throw new IllegalArgumentException("an organization id is not empty and not a dot path");
    }
    if (baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
      throw new IllegalArgumentException("a base URL has no query and no fragment");
    }
  }
}
