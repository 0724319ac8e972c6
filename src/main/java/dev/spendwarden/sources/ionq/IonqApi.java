package dev.spendwarden.sources.ionq;

import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.ProviderApi;
import java.time.Duration;

/// How both versions of IonQ's interface are asked.
final class IonqApi {

  // IonQ's own client waits no longer, whatever the header says.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  // A member takes about 250 bytes: room for some 60,000 of them.
  private static final long MAX_BYTES = 16L << 20;

  private IonqApi() {}

  static ProviderApi of(IonqSettings settings, GuardedClient client) {
    return new ProviderApi(
        client,
        new ProviderApi.Settings(
            settings.baseUrl(),
            () -> "apiKey " + settings.apiKey().get(),
            settings.timeout(),
            MAX_BYTES,
            LONGEST_WAIT,
            IonqApi::hint));
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> ": the API key is not valid or may not read what the organization used";
      case 404 ->
          ": the organization id may be wrong, or the key's role too low (an organization owner's"
              + " is needed)";
      case 301, 302, 303, 307, 308 -> ": redirects are not followed, check base_url";
      default -> "";
    };
  }
}
