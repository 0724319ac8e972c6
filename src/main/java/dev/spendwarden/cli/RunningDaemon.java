package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Body;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options by which a command finds a running daemon, and the calls it makes to it.
final class RunningDaemon {

  private static final Duration LONGEST = Duration.ofSeconds(40);

  private static final JsonFactory JSON = new JsonFactory();

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:9797",
      description = "Where the daemon listens (default: ${DEFAULT-VALUE}).")
  private URI url = URI.create("http://127.0.0.1:9797");

  @Mixin private TokenFile token = new TokenFile();

  @Mixin private DaemonHttp http = new DaemonHttp();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// A request's JSON object.
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /// What the daemon answered.
  record Answer(int status, String text) {

    boolean isGood() {
      return status / 100 == 2;
    }

    Body body() {
      return Body.parse(text).orElseGet(() -> Body.parse("{}").orElseThrow());
    }
  }

  /// The daemon's own time, which a test clock may turn.
  Instant now() {
    return get("/api/v1/status")
        .body()
        .text("now")
        .map(Instant::parse)
        .orElseThrow(() -> wrong("what answers at " + url + " is no Spendwarden"));
  }

  Answer get(String path) {
    return call("GET", path, "");
  }

  Answer delete(String path) {
    return call("DELETE", path, "");
  }

  Answer post(String path, Fields fields) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return call("POST", path, out.toString());
  }

  /// Says what came of a change, and gives the exit status.
  ///
  /// @param done what to say when it worked; the id of what was made follows
  int report(Answer answer, String done) {
    if (answer.isGood()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(done + answer.body().text("id").map(id -> ": " + id).orElse(""));
      out.flush();
      return Main.FINE;
    }
    PrintWriter err = spec.commandLine().getErr();
    Body problem = answer.body();
    err.println(
        "spendwarden: "
            + problem.text("title").orElse("the daemon answered " + answer.status())
            + problem.text("detail").map(detail -> ": " + detail).orElse(""));
    problem.texts("problems").forEach(err::println);
    err.flush();
    return Main.PROBLEMS;
  }

  /// One segment of a path.
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Answer call(String method, String path, String body) {
    var request =
        DaemonHttp.request(URI.create(url.toString().replaceAll("/+$", "") + path), LONGEST)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    token.authorization().ifPresent(value -> request.header("Authorization", value));
    try (HttpClient client = http.client(LONGEST)) {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw wrong(
          DaemonHttp.certificateTrouble(url.toString(), e)
              .orElseGet(() ->
                  "no answer from %s (%s): does it run?"
                      .formatted(url, e.getClass().getSimpleName())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
