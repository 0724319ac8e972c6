package dev.spendwarden.sources.anthropic;

import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.SourceContract;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.URI;
import java.time.Duration;

class AnthropicSourceContractTest extends SourceContract {

  @Override
  protected Source source(GuardedClient client, URI baseUrl, Duration timeout) {
    return new AnthropicSource(
        new AnthropicSettings("under-test", baseUrl, () -> CREDENTIAL, false, timeout), client);
  }

  @Override
  protected byte[] goodBody() {
    return CostPages.of("2026-12-16", "2027-01-20")
        .with("2027-01-19", CostPages.input("ws-a", "123.78912"), CostPages.webSearch("310"))
        .bytes();
  }
}
