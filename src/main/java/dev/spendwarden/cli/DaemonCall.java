package dev.spendwarden.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How a command reaches a running daemon, and its token.
final class DaemonCall {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The daemon's address (default: ${DEFAULT-VALUE}).",
      defaultValue = "http://127.0.0.1:9797")
  private String url = "http://127.0.0.1:9797";

  @Mixin private TokenFile token = new TokenFile();

  @Mixin private DaemonHttp http = new DaemonHttp();

  /// POSTs a JSON body.
  ///
  /// @throws IOException with what to do when the daemon cannot be reached
  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    var request =
        DaemonHttp.request(address(path), TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json));
    token.authorization().ifPresent(value -> request.header("Authorization", value));
    try (HttpClient client = http.client(TIMEOUT)) {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException(
          DaemonHttp.certificateTrouble(url, e)
              .orElse("no daemon answers at " + url + "; is it running? See --url"),
          e);
    }
  }

  private URI address(String path) throws IOException {
    try {
      return URI.create(url.replaceAll("/+$", "") + path);
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address: " + url, e);
    }
  }
}
