package dev.spendwarden.sources.anthropic;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/// What an Anthropic source is told.
///
/// @param name the source's configured name
/// @param baseUrl without the version, `https://api.anthropic.com`
/// @param adminKey asked before each poll, so that a rotated key takes effect
/// @param fineBurn also read tokens by the hour, for an estimate of burn inside the day
/// @param timeout for one whole answer; a poll takes one for each page
public record AnthropicSettings(
    String name, URI baseUrl, Supplier<String> adminKey, boolean fineBurn, Duration timeout) {

  public AnthropicSettings {
    if (baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
      throw new IllegalArgumentException("a base URL has no query and no fragment");
    }
  }
}
