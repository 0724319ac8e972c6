package dev.spendwarden.sources.gcore;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/// What a Gcore source is told.
///
/// @param name the source's configured name
/// @param baseUrl up to the host, `https://api.gcore.com`
/// @param apiKey asked before each request, so that a rotated key takes effect
/// @param expenses whether spend is read; report tasks are read in any case
/// @param templates the report types that are watched; empty: all tasks of type `Report`. The name
///   of another task type (`StopSubscriptions`) watches tasks of that type
/// @param timeout for one whole page
public record GcoreSettings(
    String name,
    URI baseUrl,
    Supplier<String> apiKey,
    boolean expenses,
    Set<String> templates,
    Duration timeout) {

  public GcoreSettings {
    templates = Set.copyOf(templates);
    if (baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
      throw new IllegalArgumentException("a base URL has no query and no fragment");
    }
  }
}
