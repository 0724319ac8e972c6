package dev.spendwarden.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A caller of the sandbox with nothing of ours in it but the addresses.
final class Visitor implements AutoCloseable {

  private final HttpClient client = HttpClient.newHttpClient();
  private final Sandbox sandbox;

  Visitor(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    return send(request(path, headers).POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> delete(String path) {
    return send(request(path).DELETE());
  }

  Map<String, @Nullable Object> json(HttpResponse<String> response) {
    return Json.asObject(Json.parse(response.body()).orElseThrow());
  }

  HttpRequest.Builder request(String path, String... headers) {
    URI uri = URI.create(path.startsWith("http") ? path : sandbox.url(path));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5));
    return headers.length == 0 ? request : request.headers(headers);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpClient client() {
    return client;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /// A clock that a test turns by hand.
  static final class Clock implements InstantSource {
    private volatile Instant now;

    Clock(String now) {
      this.now = Instant.parse(now);
    }

    void forward(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
