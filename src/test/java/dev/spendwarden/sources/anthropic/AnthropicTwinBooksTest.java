package dev.spendwarden.sources.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.sandbox.AnthropicTwin.Line;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what the provider has in its books is in the ledger to the last digit, whatever happened
/// on the way. Method: the sandbox's Anthropic over real HTTP, a clock turned by hand, every
/// reading posted to a real ledger, and both sides summed by day and dimensions.
@Timeout(60)
class AnthropicTwinBooksTest {

  private static final Line INPUT = Line.tokens("ws-a", "claude-sonnet-5", "uncached_input_tokens");
  private static final Line OUTPUT = Line.tokens(null, "claude-haiku-5", "output_tokens");
  private static final Line CACHE =
      Line.tokens("ws-b", "claude-sonnet-5", "cache_creation.ephemeral_1h_input_tokens");
  private static final Line SEARCH = Line.webSearch("ws-a");
  private static final Line LONG =
      new Line("ws-a", "tokens", "claude-sonnet-5", "uncached_input_tokens", "standard", "200k-1M");

  private static final Instant MIDNIGHT = Instant.parse("2027-01-20T00:00:00Z");

  private final Clock clock = new Clock("2027-01-20T09:30:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final AnthropicSource source = source(false);
  private final Ledger ledger = new Ledger();
  private final Map<Booking, BigDecimal> known = new HashMap<>();

  /// One day of one cut of the bill.
  private record Booking(LocalDate day, Dimensions dimensions) {}

  private static final class Clock implements InstantSource {
    private volatile Instant now;

    Clock(String now) {
      this.now = Instant.parse(now);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  @Test
  void everyChargeOfAMonthIsInTheLedgerToTheLastDigit() {
    var random = new SplittableRandom(7);
    LocalDate.parse("2026-12-16")
        .datesUntil(LocalDate.parse("2027-01-21"))
        .forEach(day -> {
          for (Line line : List.of(INPUT, OUTPUT, CACHE, SEARCH, LONG)) {
            long digits = random.nextLong(-50_000_000_000L, 9_000_000_000_000_000L);
            spends(line, day + "T0" + random.nextInt(10) + ":00:00Z", decimal(digits));
          }
        });

    poll();

    assertThat(known).hasSize(36 * 4);
    assertBooksAgree("2026-12-16", "2027-01-20");
  }

  @Test
  void aMonthOfGrowthPolledEveryFewHoursAgreesAtEveryStep() {
    sandbox.anthropic().grows(INPUT, new BigDecimal("55.125"));
    sandbox.anthropic().grows(OUTPUT, new BigDecimal("18.00417"));
    for (int step = 0; step < 120; step++) {
      clock.now = clock.now.plus(Duration.ofHours(7));
      poll();
      assertBooksAgree("2027-01-20", LocalDate.ofInstant(clock.now, ZoneOffset.UTC).toString());
    }
    assertThat(clock.now).isAfter(Instant.parse("2027-02-23T00:00:00Z"));
  }

  @Test
  void lateDataOfTheLastDayOfTheMonthIsSeenOnTheFirst() {
    clock.now = Instant.parse("2027-01-31T23:58:00Z");
    spends(INPUT, "2027-01-31T23:00:00Z", "100");
    poll();
    clock.now = Instant.parse("2027-02-01T00:03:00Z");
    spends(INPUT, "2027-01-31T23:50:00Z", "0.25");
    poll();
    assertBooksAgree("2027-01-01", "2027-02-01");
    assertThat(known.get(booking(INPUT, "2027-01-31"))).isEqualByComparingTo("1.0025");
  }

  @Test
  void aRestatementOfLastMonthIsSeenWithinADay() {
    spends(INPUT, "2026-12-20T10:00:00Z", "100");
    poll();
    spends(INPUT, "2026-12-20T11:00:00Z", "-40.5");
    clock.now = clock.now.plus(Duration.ofMinutes(5));
    poll();
    assertThat(known.get(booking(INPUT, "2026-12-20"))).isEqualByComparingTo("1");
    clock.now = clock.now.plus(Duration.ofDays(1));
    poll();
    assertThat(known.get(booking(INPUT, "2026-12-20"))).isEqualByComparingTo("0.595");
  }

  @Test
  void aRestatementInsideTheMonthIsSeenAtOnce() {
    spends(INPUT, "2027-01-03T10:00:00Z", "100");
    poll();
    spends(INPUT, "2027-01-03T10:00:00Z", "11");
    clock.now = clock.now.plus(Duration.ofMinutes(5));
    poll();
    assertBooksAgree("2027-01-01", "2027-01-20");
  }

  @Test
  void aRowThatDisappearsIsWithdrawnAndComesBack() {
    spends(INPUT, "2027-01-03T10:00:00Z", "100");
    spends(OUTPUT, "2027-01-03T10:00:00Z", "50");
    poll();
    sandbox.faults().add("anthropic", new Fault.Vanish("ws-a"));
    poll();
    assertThat(known.get(booking(INPUT, "2027-01-03"))).isEqualByComparingTo("0");
    assertThat(known.get(booking(OUTPUT, "2027-01-03"))).isEqualByComparingTo("0.5");
    sandbox.faults().clear();
    poll();
    assertBooksAgree("2027-01-01", "2027-01-20");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data",
        "has_more",
        "results",
        "starting_at",
        "amount",
        "currency",
        "workspace_id",
        "model",
        "cost_type",
        "token_type",
        "service_tier"
      })
  void anAnswerThatLacksAFieldChangesNothing(String field) {
    spends(INPUT, "2027-01-03T10:00:00Z", "100");
    poll();
    var before = Map.copyOf(known);
    sandbox.faults().add("anthropic", new Fault.Drop(field));
    var failed = (PollResult.Failed) source.poll(context());
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(known).isEqualTo(before);
  }

  @Test
  void aFaultOnTheSecondPageIsNoReading() {
    clock.now = Instant.parse("2027-03-31T12:00:00Z");
    sandbox.faults().add("anthropic", new Fault.Replace("next_page", "\"page_wrong\""), 1);
    var failed = (PollResult.Failed) source.poll(context());
    assertThat(failed.reason()).isEqualTo(FailureReason.CLIENT);
    assertThat(failed.detail()).isEqualTo("status 400 invalid_request_error, request req_00000002");
    poll();
  }

  @Test
  void theEstimateOfAnHourIsWhatTheBooksHaveForIt() {
    spends(INPUT, "2027-01-19T03:00:00Z", "4000");
    spends(OUTPUT, "2027-01-19T04:00:00Z", "700");
    spends(INPUT, "2027-01-20T07:20:00Z", "120.5");
    spends(OUTPUT, "2027-01-20T08:10:00Z", "30");
    spends(SEARCH, "2027-01-20T08:10:00Z", "500");
    var complete = (PollResult.Complete) source(true).poll(context());
    var estimate = complete.reading().estimate().orElseThrow();
    assertThat(estimate.charges().stream().filter(c -> c.period().start().isAfter(MIDNIGHT)))
        .extracting(charge -> Amount.plain(charge.net()))
        .containsExactly("1.205", "0.3");
    assertThat(complete.reading().charges())
        .extracting(Charge::period)
        .doesNotContain(estimate.charges().getFirst().period());
  }

  private AnthropicSource source(boolean fineBurn) {
    return new AnthropicSource(
        new AnthropicSettings(
            "claude",
            URI.create(sandbox.url("/anthropic")),
            () -> "sk-ant-admin01-sandbox",
            fineBurn,
            Duration.ofSeconds(20)),
        client);
  }

  private static BigDecimal decimal(long digits) {
    return BigDecimal.valueOf(digits, 11);
  }

  private void spends(Line line, String at, String cents) {
    spends(line, at, new BigDecimal(cents));
  }

  private void spends(Line line, String at, BigDecimal cents) {
    sandbox.anthropic().spends(line, Instant.parse(at), cents);
  }

  private PollContext context() {
    LocalDate month = LocalDate.ofInstant(clock.now, ZoneOffset.UTC).withDayOfMonth(1);
    return new PollContext(clock.now, month.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /// A poll whose reading goes through the ledger.
  private void poll() {
    PollResult result = source.poll(context());
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    Posting posting =
        ledger.prepare(((PollResult.Complete) result).reading(), clock.now.plusMillis(1));
    ledger.apply(posting);
    for (ChargeRevision revision : posting.charges()) {
      Charge charge = revision.charge();
      LocalDate day = LocalDate.ofInstant(charge.period().start(), ZoneOffset.UTC);
      known.put(new Booking(day, charge.dimensions()), charge.net());
    }
  }

  private void assertBooksAgree(String from, String to) {
    var booked = new HashMap<Booking, BigDecimal>();
    LocalDate.parse(from)
        .datesUntil(LocalDate.parse(to).plusDays(1))
        .forEach(day ->
            sandbox
                .anthropic()
                .booked(day, day)
                .forEach((line, cents) ->
                    booked.merge(
                        new Booking(day, dimensions(line)),
                        cents.movePointLeft(2),
                        BigDecimal::add)));
    assertThat(known.keySet()).containsExactlyInAnyOrderElementsOf(booked.keySet());
    booked.forEach((booking, amount) ->
        assertThat(known.get(booking)).as(booking.toString()).isEqualByComparingTo(amount));
  }

  private static Booking booking(Line line, String day) {
    return new Booking(LocalDate.parse(day), dimensions(line));
  }

  private static Dimensions dimensions(Line line) {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    @Nullable String workspace = line.workspace();
    values.put(Dimension.WORKSPACE, workspace == null ? "default" : workspace);
    values.put(Dimension.COST_TYPE, line.costType());
    put(values, Dimension.MODEL, line.model());
    put(values, Dimension.TOKEN_TYPE, line.tokenType());
    put(values, Dimension.SERVICE_TIER, line.serviceTier());
    return Dimensions.of(values);
  }

  private static void put(
      Map<Dimension, String> values, Dimension dimension, @Nullable String value) {
    if (value != null) {
      values.put(dimension, value);
    }
  }
}
