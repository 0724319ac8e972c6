package dev.spendwarden.sources.ionq;

import dev.spendwarden.sources.KnownCharges;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.SourceContract;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import java.net.URI;
import java.time.Duration;

class IonqUsageContractTest extends SourceContract {

  @Override
  protected Source source(GuardedClient client, URI baseUrl, Duration timeout) {
    return new IonqUsageSource(
        new IonqSettings(
            "under-test",
            baseUrl,
            () -> CREDENTIAL,
            "0b6f2c1e-5a77-4f0e-9a51-6d1f7c2e8b90",
            BalanceMeans.IGNORE,
            IonqWindow.CALENDAR_MONTH,
            timeout),
        GroupBy.USER,
        client,
        KnownCharges.NOTHING);
  }

  @Override
  protected byte[] goodBody() {
    return Payloads.bytes("usage.json");
  }

  @Override
  protected Duration longestWait() {
    return Duration.ofSeconds(300);
  }
}
