package dev.spendwarden.sources.gcore;

import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.SourceContract;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/// The contract with a page that has tasks in it, for a source that reads nothing else.
class GcoreReportsContractTest extends SourceContract {

  @Override
  protected Source source(GuardedClient client, URI baseUrl, Duration timeout) {
    return new GcoreSource(
        new GcoreSettings("under-test", baseUrl, () -> CREDENTIAL, false, Set.of(), timeout),
        client);
  }

  @Override
  protected byte[] goodBody() {
    return Payloads.bytes("finished-reports.json");
  }
}
