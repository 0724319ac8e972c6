package dev.spendwarden.sources.anthropic;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Pages of a cost report, written from the documented schema: every day from a first to a last,
/// with rows where a test puts them.
final class CostPages {

  private final TreeMap<LocalDate, String> days = new TreeMap<>();
  private @Nullable String next;

  private CostPages() {}

  /// Every day without spend, both included.
  static CostPages of(String first, String last) {
    var page = new CostPages();
    LocalDate.parse(first)
        .datesUntil(LocalDate.parse(last).plusDays(1))
        .forEach(day -> page.days.put(day, ""));
    return page;
  }

  CostPages with(String day, String... rows) {
    days.put(LocalDate.parse(day), String.join(",", rows));
    return this;
  }

  CostPages without(String day) {
    days.remove(LocalDate.parse(day));
    return this;
  }

  CostPages next(String token) {
    next = token;
    return this;
  }

  String json() {
    var buckets = new StringBuilder();
    for (Map.Entry<LocalDate, String> day : days.entrySet()) {
      buckets
          .append(buckets.isEmpty() ? "" : ",")
          .append("{\"starting_at\":\"%sT00:00:00Z\",".formatted(day.getKey()))
          .append("\"ending_at\":\"%sT00:00:00Z\",".formatted(day.getKey().plusDays(1)))
          .append("\"results\":[%s]}".formatted(day.getValue()));
    }
    return "{\"data\":[%s],\"has_more\":%s,\"next_page\":%s}"
        .formatted(buckets, next != null, next == null ? "null" : "\"" + next + "\"");
  }

  byte[] bytes() {
    return json().getBytes(StandardCharsets.UTF_8);
  }

  /// What was paid for input tokens of Sonnet.
  static String input(String workspace, String cents) {
    return tokens(workspace, "uncached_input_tokens", cents);
  }

  /// @param workspace null for the default one
  static String tokens(@Nullable String workspace, String tokenType, String cents) {
    return """
    {"currency": "USD", "amount": "%s", "workspace_id": %s,
     "description": "Claude Sonnet 5 Usage", "cost_type": "tokens", "context_window": "0-200k",
     "model": "claude-sonnet-5", "service_tier": "standard", "token_type": "%s",
     "inference_geo": null}\
    """
        .formatted(cents, workspace == null ? "null" : "\"" + workspace + "\"", tokenType);
  }

  static String webSearch(String cents) {
    return """
    {"currency": "USD", "amount": "%s", "workspace_id": null, "description": "Web Search Usage",
     "cost_type": "web_search", "context_window": null, "model": null, "service_tier": null,
     "token_type": null, "inference_geo": null}\
    """
        .formatted(cents);
  }
}
