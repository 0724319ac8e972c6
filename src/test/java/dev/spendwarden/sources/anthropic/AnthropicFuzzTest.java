package dev.spendwarden.sources.anthropic;

import dev.spendwarden.fuzz.Fuzz;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnthropicFuzzTest {

  private static final String PAGE =
      """
      {"data": [{"starting_at": "2027-01-19T00:00:00Z", "ending_at": "2027-01-20T00:00:00Z",
        "results": [{"currency": "USD", "amount": "123.78912", "workspace_id": null,
          "description": "Claude Sonnet Usage - Input Tokens", "cost_type": "tokens",
          "context_window": "0-200k", "model": "claude-sonnet-5", "service_tier": "standard",
          "token_type": "uncached_input_tokens"}]}],
       "has_more": false, "next_page": null}
      """;

  @Test
  void costReports() throws IOException {
    Fuzz.ofTexts("anthropic", List.of(PAGE))
        .refusing(MalformedAnswer.class)
        .run(input -> {
          var report =
              new CostReport(LocalDate.of(2027, 1, 19), Instant.parse("2027-01-20T09:00:00Z"));
          report.add(JsonReader.read(input));
          report.gap();
          report.charges("claude");
        });
  }

  private static final String USAGE =
      """
      {"data": [{"starting_at": "2027-01-20T08:00:00Z", "ending_at": "2027-01-20T09:00:00Z",
        "results": [{"uncached_input_tokens": 1500, "cache_read_input_tokens": 200,
          "output_tokens": 500, "cache_creation": {"ephemeral_1h_input_tokens": 1000,
          "ephemeral_5m_input_tokens": 500}, "workspace_id": "wrkspc_01", "api_key_id": null,
          "model": "claude-sonnet-5", "service_tier": "standard", "context_window": "0-200k"}]}],
       "has_more": false, "next_page": null}
      """;

  @Test
  void usageReports() throws IOException {
    Fuzz.ofTexts("anthropic-usage", List.of(USAGE))
        .refusing(MalformedAnswer.class)
        .run(input -> {
          var usage = new UsageReport(Instant.parse("2027-01-20T09:30:00Z"));
          usage.add(JsonReader.read(input));
          usage.gap();
        });
  }
}
