package dev.spendwarden.sources.gcore;

import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.SourceContract;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/// The contract's server gives one answer to everything, so the page is one that is both a list of
/// tasks and a list of expenses: with nothing in it.
class GcoreSourceContractTest extends SourceContract {

  @Override
  protected Source source(GuardedClient client, URI baseUrl, Duration timeout) {
    return new GcoreSource(
        new GcoreSettings("under-test", baseUrl, () -> CREDENTIAL, true, Set.of(), timeout),
        client);
  }

  @Override
  protected byte[] goodBody() {
    return """
    {"count": 0, "next": null, "previous": null, "results": []}
    """
        .getBytes(StandardCharsets.UTF_8);
  }
}
