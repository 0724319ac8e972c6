package dev.spendwarden.notify;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// The port over the JDK's client, for tests on loopback.
public final class JdkHttpPost implements HttpPost {

  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  @Override
  public Response post(URI url, Map<String, String> headers, byte[] body, Duration timeout) {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      var lower = new TreeMap<String, String>();
      answer.headers().map().forEach((name, values) -> lower.put(name, values.getFirst()));
      return new Response.Status(answer.statusCode(), lower, answer.body());
    } catch (IOException e) {
      return new Response.NoAnswer("server", e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
