package dev.spendwarden.sources.gcore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Goal: a list that changes while it is paged through is read whole or not at all. Method: a
/// server that adds, removes and shortens between two pages.
@Timeout(60)
class GcoreListsTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Pattern OFFSET = Pattern.compile("limit=([0-9]+)&offset=([0-9]+)");

  private static Vertx vertx;
  private static GuardedClient client;

  /// Changes the rows before the request of this number (from 1) is answered.
  private interface Change {
    void before(int request, List<Integer> rows);
  }

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  }

  @AfterAll
  static void close() {
    client.close();
    vertx.close().await();
  }

  @Test
  void aLongListIsReadByOurOwnOffsets() {
    try (var server = serving(250, 100, (request, rows) -> {})) {
      assertThat(sum(poll(server))).isEqualByComparingTo("250");
      assertThat(offsets(server)).containsExactly("0", "100", "200");
    }
  }

  @Test
  void shorterPagesThanAskedForLeaveNoGap() {
    try (var server = serving(45, 20, (request, rows) -> {})) {
      assertThat(sum(poll(server))).isEqualByComparingTo("45");
      assertThat(offsets(server)).containsExactly("0", "20", "40");
    }
  }

  @Test
  void aRowThatIsAddedBetweenPagesStartsTheListAgain() {
    try (var server =
        serving(
            150,
            100,
            (request, rows) -> {
              if (request == 2) {
                rows.addFirst(9999);
              }
            })) {
      assertThat(sum(poll(server))).isEqualByComparingTo("151");
      assertThat(offsets(server)).containsExactly("0", "100", "0", "100");
    }
  }

  @Test
  void aRowThatTradesPlacesWithAnotherBetweenPagesIsNoticedThoughTheCountStandsStill() {
    try (var server =
        serving(
            150,
            100,
            (request, rows) -> {
              if (request == 2) {
                // What was on the second page moves to the first, and the other way round.
                rows.addFirst(rows.removeLast());
              }
            })) {
      assertThat(sum(poll(server))).isEqualByComparingTo("150");
      assertThat(offsets(server)).containsExactly("0", "100", "0", "100");
    }
  }

  @Test
  void aListThatShrinksBetweenPagesStartsAgain() {
    try (var server =
        serving(
            150,
            100,
            (request, rows) -> {
              if (request == 2) {
                rows.subList(0, 60).clear();
              }
            })) {
      assertThat(sum(poll(server))).isEqualByComparingTo("90");
    }
  }

  @Test
  void aListThatNeverStandsStillIsPartial() {
    try (var server = serving(150, 100, (request, rows) -> rows.addFirst(10_000 + request))) {
      var failed = (PollResult.Failed) poll(server);
      assertThat(failed.reason()).isEqualTo(FailureReason.PARTIAL);
      assertThat(offsets(server)).hasSize(6);
    }
  }

  @Test
  void aListThatPromisesMoreThanItGivesIsPartial() {
    try (var server = RawServer.answering(200, "", "{\"count\": 5, \"results\": []}".getBytes())) {
      assertThat(((PollResult.Failed) poll(server)).reason()).isEqualTo(FailureReason.PARTIAL);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void aListBeyondTheBoundIsNotEvenBegun() {
    try (var server =
        RawServer.answering(200, "", "{\"count\": 100001, \"results\": []}".getBytes())) {
      assertThat(((PollResult.Failed) poll(server)).reason()).isEqualTo(FailureReason.TOO_LARGE);
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static PollResult poll(RawServer server) {
    return new GcoreSource(
            new GcoreSettings(
                "gcore-edge", server.uri("/"), () -> "key", true, Set.of(), Duration.ofSeconds(20)),
            client)
        .poll(new PollContext(NOW, NOW));
  }

  private static BigDecimal sum(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result)
        .reading().charges().stream().map(Charge::net).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static List<String> offsets(RawServer server) {
    return server.requests().stream()
        .filter(request -> request.contains("/expenses"))
        .map(request -> {
          var matcher = OFFSET.matcher(request);
          assertThat(matcher.find()).isTrue();
          return matcher.group(2);
        })
        .toList();
  }

  /// Expenses of one each; no tasks.
  private static RawServer serving(int count, int most, Change change) {
    List<Integer> rows =
        IntStream.range(0, count).boxed().collect(Collectors.toCollection(ArrayList::new));
    var requests = new int[1];
    return RawServer.start((out, server) -> {
      String request = server.requests().getLast();
      String body = "{\"count\": 0, \"results\": []}";
      if (request.contains("/expenses")) {
        change.before(++requests[0], rows);
        var matcher = OFFSET.matcher(request);
        assertThat(matcher.find()).isTrue();
        int limit = Math.min(most, Integer.parseInt(matcher.group(1)));
        int offset = Integer.parseInt(matcher.group(2));
        body =
            "{\"count\": %d, \"next\": \"http://127.0.0.1:9/steal\", \"results\": [%s]}"
                .formatted(
                    rows.size(),
                    rows.stream()
                        .skip(offset)
                        .limit(limit)
                        .map(GcoreListsTest::row)
                        .collect(Collectors.joining(",")));
      }
      out.write(RawServer.whole(200, "", body.getBytes(StandardCharsets.UTF_8)));
      return true;
    });
  }

  private static String row(int id) {
    return """
    {"id": %d, "for_date": "2027-01-16", "currency": {"char_code": "EUR"}, "money_value": "1"}\
    """
        .formatted(id);
  }
}
