package dev.spendwarden.store;

import static dev.spendwarden.charge.ReportStatus.State.COMPLETED;
import static dev.spendwarden.charge.ReportStatus.State.PENDING;
import static dev.spendwarden.store.Samples.DAY;
import static dev.spendwarden.store.Samples.T0;
import static dev.spendwarden.store.Samples.charge;
import static dev.spendwarden.store.Samples.posting;
import static dev.spendwarden.store.Samples.quota;
import static dev.spendwarden.store.Samples.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.charge.Names;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every [dev.spendwarden.ledger.LedgerStore] does.
abstract class LedgerStoreContract extends DatabaseContract {

  private static final Instant LATER = T0.plusNanos(1);
  private static final Instant FOREVER = Instant.parse("9999-12-31T23:59:59Z");

  @Test
  void replayGivesEveryRandomPostingBackWholeAndInOrder() {
    var random = new Random(20270120);
    var postings = new ArrayList<Posting>();
    for (int i = 0; i < 200; i++) {
      Instant knownAt = T0.plusNanos(i / 2 * 7L);
      Posting posting = Samples.posting(random, i % 2 == 0 ? "a source" : "b \"source\"", knownAt);
      if (!posting.isEmpty()) {
        postings.add(posting);
      }
    }
    var shuffled = new ArrayList<>(postings);
    java.util.Collections.shuffle(shuffled, random);
    shuffled.forEach(this::append);

    var replayed = replay(FOREVER);

    assertThat(replayed).hasSameSizeAs(postings);
    for (int i = 0; i < postings.size(); i++) {
      Posting expected = postings.get(i);
      Posting found = replayed.get(i);
      assertThat(found.source()).isEqualTo(expected.source());
      assertThat(found.knownAt()).isEqualTo(expected.knownAt());
      assertThat(new HashSet<>(found.charges())).isEqualTo(new HashSet<>(expected.charges()));
      assertThat(new HashSet<>(found.quotas())).isEqualTo(new HashSet<>(expected.quotas()));
      assertThat(new HashSet<>(found.reports())).isEqualTo(new HashSet<>(expected.reports()));
    }
  }

  /// So many are prepared on all cores.
  @Test
  void veryManyChargesOfOnePostingComeBack() {
    LocalDate first = LocalDate.of(2000, 1, 1);
    Posting many =
        posting(
            IntStream.range(0, 5_000)
                .mapToObj(i -> charge("ionq", T0, first.plusDays(i), "" + i))
                .toArray(ChargeRevision[]::new));
    append(many);
    assertThat(new HashSet<>(replay(FOREVER).getFirst().charges()))
        .isEqualTo(new HashSet<>(many.charges()));
  }

  @Test
  void theSamePostingTwiceCountsOnce() {
    Posting posting = posting(charge("claude", T0, DAY, "1.50"));
    append(posting);
    append(posting);

    assertThat(replay(FOREVER)).containsExactly(posting);
  }

  @Test
  void aRestatementIsAFurtherRevisionAndTheFormerStays() {
    Posting first = posting(charge("claude", T0, DAY, "1.50"));
    Posting second = posting(charge("claude", LATER, DAY, "1.70"));
    append(first);
    append(second);

    assertThat(replay(FOREVER)).containsExactly(first, second);
  }

  @Test
  void replayEndsWithWhatWasKnownAtThatInstant() {
    Posting first = posting(quota("ionq", T0, "u1", "1"));
    append(first);
    append(posting(quota("ionq", LATER, "u1", "2")));

    assertThat(replay(T0)).containsExactly(first);
    assertThat(replay(T0.minusNanos(1))).isEmpty();
  }

  @Test
  void theThreeKindsOfOneReadingComeAsOnePosting() {
    var posting =
        new Posting(
            "gcore",
            T0,
            List.of(charge("gcore", T0, DAY, "1")),
            List.of(quota("gcore", T0, "u1", "2")),
            List.of(report("gcore", T0, "r1", COMPLETED, T0)));
    append(posting);
    append(posting(quota("another", T0, "u1", "3")));

    assertThat(replay(FOREVER)).hasSize(2).last().isEqualTo(posting);
  }

  @Test
  void anEmptyPostingLeavesNoTrace() {
    append(new Posting("ionq", T0, List.of(), List.of(), List.of()));

    assertThat(replay(FOREVER)).isEmpty();
  }

  @Test
  void aRevisionOfAnotherSourceOrInstantThanItsPostingIsRefused() {
    var foreign =
        new Posting("ionq", T0, List.of(), List.of(quota("claude", T0, "u1", "1")), List.of());
    var untimely =
        new Posting("ionq", T0, List.of(), List.of(quota("ionq", LATER, "u1", "1")), List.of());

    assertThatThrownBy(() -> append(foreign)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> append(untimely)).isInstanceOf(IllegalArgumentException.class);
    assertThat(replay(FOREVER)).isEmpty();
  }

  @Test
  void aStatusReplacesTheFormerOfItsSource() {
    var good = SourceStatus.unknown("ionq").succeeded(T0);
    var bad = good.failed("timeout", LATER);
    putStatus(SourceStatus.unknown("claude"));
    putStatus(good);
    putStatus(bad);

    assertThat(database.<List<SourceStatus>>transact(ports -> ports.ledger().statuses()))
        .containsExactly(SourceStatus.unknown("claude"), bad);
  }

  @Test
  void pruningKeepsWhatWasKnownThenAndEverythingAfter() {
    Posting superseded = posting(charge("claude", T0, DAY, "1"));
    Posting known = posting(charge("claude", T0.plusSeconds(1), DAY, "2"));
    Posting after = posting(charge("claude", T0.plusSeconds(3), DAY, "3"));
    List.of(superseded, known, after).forEach(this::append);

    database.prune(T0.plusSeconds(2));

    assertThat(replay(FOREVER)).containsExactly(known, after);
  }

  @Test
  void pruningForgetsChargesOnlyOfPeriodsThatEndedByThen() {
    Instant before = DAY.atStartOfDay(java.time.ZoneOffset.UTC).toInstant();
    Posting ended =
        posting(charge("claude", before.minus(Duration.ofDays(1)), DAY.minusDays(1), "1"));
    Posting open = posting(charge("claude", before.minusSeconds(1), DAY, "1"));
    Posting late = posting(charge("claude", before.plusSeconds(1), DAY.minusDays(9), "1"));
    List.of(ended, open, late).forEach(this::append);

    database.prune(before);

    assertThat(replay(FOREVER)).containsExactly(open, late);
  }

  @Test
  void pruningNeverForgetsTheNewestStateOfACounter() {
    Posting newest = posting(quota("ionq", T0.plusSeconds(1), "u1", "2"));
    append(posting(quota("ionq", T0, "u1", "1")));
    append(newest);

    database.prune(T0.plus(Duration.ofDays(1_000)));

    assertThat(replay(FOREVER)).containsExactly(newest);
  }

  @Test
  void pruningForgetsStatesOfACounterThatWereReplacedByThen() {
    Instant before = T0.plusSeconds(1);
    Posting other = posting(quota("other", T0, "u1", "1"));
    Posting known = posting(quota("ionq", before, "u1", "2"));
    Posting after = posting(quota("ionq", T0.plusSeconds(2), "u1", "3"));
    Posting alone = posting(quota("ionq", T0.minusSeconds(1), "u2", "1"));
    append(posting(quota("ionq", T0, "u1", "1")));
    List.of(alone, other, known, after).forEach(this::append);

    database.prune(before);

    assertThat(replay(FOREVER)).containsExactly(alone, other, known, after);
  }

  @Test
  void pruningKeepsTheNewestReportOfEachTypeAndState() {
    append(posting(report("gcore", T0, "r1", PENDING, T0)));
    append(posting(report("gcore", T0.plusSeconds(1), "r1", COMPLETED, T0.plusSeconds(1))));
    Posting newest =
        posting(report("gcore", T0.plusSeconds(2), "r2", COMPLETED, T0.plusSeconds(2)));
    append(newest);

    database.prune(T0.plus(Duration.ofDays(1_000)));

    assertThat(replay(FOREVER)).containsExactly(newest);
  }

  private void append(Posting posting) {
    database.transact(ports -> {
      ports.ledger().append(posting);
      return true;
    });
  }

  @Test
  void aWalkThroughSomeSourcesLeavesOutTheOthers() {
    Posting one = posting(charge("one", T0, DAY, "10"));
    Posting two = posting(quota("two", T0, "u1", "5"));
    Posting three = posting(report("three", LATER, "r1", PENDING, T0));
    List.of(one, two, three).forEach(this::append);

    assertThat(replay(Names.only(List.of("one", "three")))).containsExactly(one, three);
    assertThat(replay(Names.allBut(List.of("one", "nobody")))).containsExactly(two, three);
    assertThat(replay(Names.only(List.of()))).isEmpty();
    assertThat(replay(Names.ALL)).containsExactly(one, two, three);
  }

  private List<Posting> replay(Names sources) {
    return database.transact(ports -> {
      var postings = new ArrayList<Posting>();
      ports.ledger().replay(FOREVER, sources, postings::add);
      return postings;
    });
  }

  private void putStatus(SourceStatus status) {
    database.transact(ports -> {
      ports.ledger().putStatus(status);
      return true;
    });
  }

  private List<Posting> replay(Instant until) {
    return database.transact(ports -> {
      var postings = new ArrayList<Posting>();
      ports.ledger().replay(until, postings::add);
      return postings;
    });
  }
}
