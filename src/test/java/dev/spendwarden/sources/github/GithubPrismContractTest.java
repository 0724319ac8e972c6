package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Prism;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: our calls on exports are ones GitHub's own description allows, and answers that keep to it
/// are understood. Method: a mock, by somebody else, of the description that GitHub publishes in
/// the npm package `@octokit/openapi`; skipped where either is not installed. The whole description
/// has 14 MB, so the paths of exports and what they refer to are cut out of it.
@Timeout(120)
class GithubPrismContractTest {

  private static final Path DESCRIPTION =
      Path.of("target/node/node_modules/@octokit/openapi/generated/ghec.json");
  private static final DateRange JANUARY =
      new DateRange(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-01-31"));
  private static final Instant NOW = Instant.parse("2024-01-31T12:00:00Z");
  private static final String TOKEN = "ghp_t0ken";

  @TempDir private static Path folder;

  private static Path program;
  private static Prism prism;
  private static Path description;
  private static Vertx vertx;
  private static GuardedClient http;

  @BeforeAll
  static void open() throws IOException {
    Optional<Path> found = Prism.find();
    boolean complete = found.isPresent() && Files.isReadable(DESCRIPTION);
    String reason =
        "skipped: no Prism, no description (npm install --prefix target/node"
            + " @stoplight/prism-cli @octokit/openapi) or no Node";
    if (!complete) {
      System.out.println("GithubPrismContractTest " + reason);
    }
    assumeTrue(complete, reason);
    program = found.orElseThrow();
    description = Files.writeString(folder.resolve("exports.json"), cut(DESCRIPTION).encode());
    prism = Prism.mock(program, description);
    vertx = Vertx.vertx();
    http = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  }

  @AfterAll
  static void close() {
    if (vertx != null) {
      http.close();
      vertx.close().await();
      prism.close();
    }
  }

  @ParameterizedTest
  @EnumSource(ReportType.class)
  void everyReportCanBeAskedForAsWeAsk(ReportType type) {
    var known = known(client(prism).create(type, JANUARY, TOKEN, NOW));
    assertThat(known.id()).isEqualTo("a1b2c3d4-e5f6-7890-abcd-ef1234567890");
  }

  @Test
  void aDescribedExportIsRead() {
    String id = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
    assertThat(known(client(prism).get(id, TOKEN, NOW)))
        .isEqualTo(
            new RemoteExport(
                id,
                "detailed",
                JANUARY,
                RemoteExport.Status.COMPLETED,
                List.of(URI.create("https://github.com/enterprises/github/metered_exports/1234")),
                Optional.of(Instant.parse("2024-01-15T10:30:00Z"))));
  }

  @Test
  void theDescribedListIsRead() {
    var listed = (ExportClient.Result.Listed) client(prism).list(TOKEN, NOW);
    assertThat(listed.exports())
        .extracting(RemoteExport::type)
        .containsExactly("detailed", "summarized", "premium_request");
    assertThat(listed.exports())
        .extracting(RemoteExport::status)
        .containsExactly(
            RemoteExport.Status.COMPLETED,
            RemoteExport.Status.PROCESSING,
            RemoteExport.Status.PROCESSING);
  }

  /// A whole poll, up to the file, which lies on a host that this source was not given.
  @Test
  void aPollTakesEveryStepTheDescriptionKnows() {
    var source = new GithubSource(settings(prism), new InMemoryExportStore(), http);
    var context = new PollContext(NOW, Instant.parse("2024-01-01T00:00:00Z"));
    var failed = (PollResult.Failed) source.poll(context);
    assertThat(failed.reason()).isEqualTo(FailureReason.REFUSED);
    assertThat(failed.detail())
        .isEqualTo(
            "detailed report, part 1 of 1: it lies on github.com, which download_hosts does not"
                + " name");
  }

  /// Otherwise the tests above would tell nothing.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{\"report_type\": \"detailed\"}",
        "{\"report_type\": \"weekly\", \"start_date\": \"2024-01-01\"}",
        "{\"report_type\": \"detailed\", \"start_date\": \"1 January\"}",
        "{\"report_type\": \"detailed\", \"start_date\": \"2024-01-01\", \"send_email\": \"no\"}"
      })
  void theMockRefusesWhatTheDescriptionDoesNotAllow(String body) throws Exception {
    try (var plain = HttpClient.newHttpClient()) {
      URI uri = URI.create(prism.uri() + "/enterprises/corvid/settings/billing/reports");
      var request =
          HttpRequest.newBuilder(uri)
              .header("content-type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build();
      assertThat(plain.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void whateverTheDescriptionAllowsIsReadOrSaysWhatIsWrongWithIt() {
    try (var dynamic = Prism.mock(program, description, "--dynamic")) {
      ExportClient client = client(dynamic);
      for (int i = 0; i < 25; i++) {
        understoodOrMalformed(client.create(ReportType.DETAILED, JANUARY, TOKEN, NOW));
        understoodOrMalformed(client.list(TOKEN, NOW));
        understoodOrMalformed(client.get("a1b2c3d4-e5f6-7890-abcd-ef1234567890", TOKEN, NOW));
      }
    }
  }

  private static void understoodOrMalformed(ExportClient.Result result) {
    if (result instanceof ExportClient.Result.Failed(PollResult.Failed failure)) {
      assertThat(failure.reason()).as(failure.detail()).isEqualTo(FailureReason.MALFORMED);
    }
  }

  private static RemoteExport known(ExportClient.Result result) {
    assertThat(result).isInstanceOf(ExportClient.Result.Known.class);
    return ((ExportClient.Result.Known) result).export();
  }

  private static ExportClient client(Prism mock) {
    return new ExportClient(settings(mock), http);
  }

  private static GithubSettings settings(Prism mock) {
    return new GithubSettings(
        "github-corvid",
        mock.uri(),
        () -> TOKEN,
        "corvid",
        List.of(ReportType.DETAILED),
        Duration.ofSeconds(5),
        List.of("127.0.0.1"),
        List.of(Dimension.PRODUCT),
        Duration.ofSeconds(20));
  }

  // Cutting.

  /// The description with the paths of exports only, and the components they lead to.
  private static JsonObject cut(Path whole) throws IOException {
    var described = new JsonObject(Files.readString(whole));
    var paths = new JsonObject();
    described
        .getJsonObject("paths")
        .forEach(path -> {
          if (path.getKey().contains("/settings/billing/reports")) {
            paths.put(path.getKey(), path.getValue());
          }
        });
    assertThat(paths.size()).as("paths of exports in " + whole).isEqualTo(2);
    var components = new JsonObject();
    keepReferences(paths, described.getJsonObject("components"), components);
    return new JsonObject()
        .put("openapi", described.getString("openapi"))
        .put("info", described.getJsonObject("info"))
        .put("servers", described.getJsonArray("servers"))
        .put("paths", paths)
        .put("components", components);
  }

  private static void keepReferences(Object node, JsonObject all, JsonObject kept) {
    switch (node) {
      case JsonArray items -> items.forEach(item -> keepReferences(item, all, kept));
      case JsonObject fields -> {
        answerInGithubsMediaType(fields);
        if (fields.getValue("$ref") instanceof String reference) {
          keep(reference.replace("#/components/", "").split("/", 2), all, kept);
        }
        fields.forEach(field -> keepReferences(field.getValue(), all, kept));
      }
      case null, default -> {
        // A plain value refers to nothing.
      }
    }
  }

  /// GitHub's documentation recommends to accept its own media type; the description has only the
  /// general one, and the mock would find nothing acceptable.
  private static void answerInGithubsMediaType(JsonObject fields) {
    JsonObject content = fields.getJsonObject("content", new JsonObject());
    boolean isResponse = fields.containsKey("description");
    if (isResponse && content.containsKey("application/json")) {
      content.put("application/vnd.github+json", content.remove("application/json"));
    }
  }

  private static void keep(String[] kindAndName, JsonObject all, JsonObject kept) {
    String kind = kindAndName[0];
    String name = kindAndName[1];
    JsonObject ofKind = kept.getJsonObject(kind, new JsonObject());
    kept.put(kind, ofKind);
    if (!ofKind.containsKey(name)) {
      JsonObject component = all.getJsonObject(kind).getJsonObject(name);
      ofKind.put(name, component);
      keepReferences(component, all, kept);
    }
  }
}
