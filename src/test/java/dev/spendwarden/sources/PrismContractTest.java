package dev.spendwarden.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqSource;
import dev.spendwarden.sources.ionq.IonqUsageSource;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import dev.spendwarden.sources.ionq.IonqWindow;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: our requests are ones the provider's description allows, and answers that keep to it are
/// understood. Method: a mock of the description by somebody else; skipped where it is not
/// installed.
@Timeout(120)
class PrismContractTest {

  private static final Path DESCRIPTIONS = Path.of("src/test/resources/contract");
  private static final Path V0_3 = DESCRIPTIONS.resolve("ionq-v0.3.yaml");
  private static final Path V0_4 = DESCRIPTIONS.resolve("ionq-v0.4.yaml");
  private static final String ORGANIZATION = "71d164e0-6ebe-4126-8839-f1529bb01a00";

  private static Path program;
  private static Vertx vertx;
  private static GuardedClient client;

  @BeforeAll
  static void open() {
    Optional<Path> found = Prism.find();
    String reason =
        "skipped: no Prism (npm install --prefix target/node @stoplight/prism-cli) or no Node";
    if (found.isEmpty()) {
      System.out.println("PrismContractTest " + reason);
    }
    assumeTrue(found.isPresent(), reason);
    program = found.get();
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  }

  @AfterAll
  static void close() {
    if (vertx != null) {
      client.close();
      vertx.close().await();
    }
  }

  @Test
  void theReportOfADescribedAnswerIsRead() {
    try (var prism = Prism.mock(program, V0_3)) {
      Reading reading =
          complete(report(prism.uri(), ORGANIZATION).poll(at("2023-07-15T09:00:00Z")));

      assertThat(reading.charges()).extracting(Charge::net).containsExactly(new BigDecimal("1500"));
      assertThat(reading.quotas()).hasSize(2);
      assertThat(reading.quotas().getFirst().limit()).contains(new BigDecimal("150000"));
      assertThat(reading.quotas().getLast().consumed()).isEqualTo(new BigDecimal("45"));
    }
  }

  @Test
  void theMockRefusesWhatTheDescriptionDoesNotAllow() throws Exception {
    try (var prism = Prism.mock(program, V0_3)) {
      // Not a UUID, as the description has it.
      var failed = (PollResult.Failed) report(prism.uri(), "lab").poll(at("2023-07-15T09:00:00Z"));
      assertThat(failed.reason()).isEqualTo(FailureReason.CLIENT);
      assertThat(failed.detail()).contains("422");
      String path = "/report/organizations/" + ORGANIZATION;
      assertThat(status(prism, path)).as("without a key").isEqualTo(401);
    }
    try (var prism = Prism.mock(program, V0_4)) {
      assertThat(status(prism, "/organizations/lab/usage?start_date=2027-01-01"))
          .isGreaterThanOrEqualTo(400);
    }
  }

  @ParameterizedTest
  @EnumSource(GroupBy.class)
  void theUsageOfADescribedAnswerIsReadOrRefusedForItsGrouping(GroupBy groupBy) {
    try (var prism = Prism.mock(program, V0_4)) {
      PollResult result = usage(prism.uri(), groupBy).poll(at("2027-01-20T09:00:00Z"));
      // The mock answers with its example whatever is asked: users, by the day.
      switch (groupBy) {
        case USER ->
            assertThat(complete(result).charges())
                .extracting(Charge::net)
                .containsExactly(new BigDecimal("100.25"), new BigDecimal("20.25"));
        case PROJECT ->
            assertThat(result)
                .isInstanceOfSatisfying(
                    PollResult.Failed.class,
                    failed -> assertThat(failed.detail()).startsWith("group_type: not what"));
      }
    }
  }

  @Test
  void whateverTheDescriptionAllowsIsAReadingOrSaysWhatIsWrongWithIt() {
    BiFunction<URI, String, Source> v03 = PrismContractTest::report;
    BiFunction<URI, String, Source> v04 = (uri, _) -> usage(uri, GroupBy.USER);
    for (var version : List.of(new Version(V0_3, v03), new Version(V0_4, v04))) {
      try (var prism = Prism.mock(program, version.description(), "--dynamic")) {
        Source source = version.source().apply(prism.uri(), ORGANIZATION);
        for (int i = 0; i < 25; i++) {
          PollResult result = source.poll(at("2027-01-20T09:00:00Z"));
          if (result instanceof PollResult.Failed(var reason, var detail, var _, var _)) {
            assertThat(reason).as(detail).isEqualTo(FailureReason.MALFORMED);
          } else {
            complete(result);
          }
        }
      }
    }
  }

  private record Version(Path description, BiFunction<URI, String, Source> source) {}

  private static Source report(URI uri, String organization) {
    return new IonqSource(settings(uri, organization), client);
  }

  private static Source usage(URI uri, GroupBy groupBy) {
    return new IonqUsageSource(settings(uri, ORGANIZATION), groupBy, client, KnownCharges.NOTHING);
  }

  private static IonqSettings settings(URI uri, String organization) {
    return new IonqSettings(
        "ionq-lab",
        uri,
        () -> "k-1",
        organization,
        BalanceMeans.IGNORE,
        IonqWindow.CALENDAR_MONTH,
        Duration.ofSeconds(20));
  }

  private static PollContext at(String now) {
    Instant instant = Instant.parse(now);
    return new PollContext(instant, instant);
  }

  private static Reading complete(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private static int status(Prism prism, String path) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(prism.uri() + path)).build();
      return http.send(request, BodyHandlers.ofString()).statusCode();
    }
  }
}
