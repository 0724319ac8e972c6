package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.store.SqliteDatabase;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How fast the spine is: the real daemon with 1,000 budgets, a provider whose every figure changes
/// with every answer and who breaches one more quota each time, and a webhook that notes when its
/// first byte comes.
@Tag("bench")
class SpineBench {

  private static final int WARM_UP = 100;
  private static final int BREACHES = 250;

  @TempDir Path folder;

  private final List<Double> delays = new CopyOnWriteArrayList<>();
  private volatile LongSupplier answeredAt = () -> 0;

  @Test
  void aPollOfAThousandMembersAndTheWayFromBreachToWebhook() throws Exception {
    // Every figure differs from the answer before; the first n members are over 80 % in answer n.
    SpeedLab.Consumed consumed =
        (member, answer) -> (member < answer ? "205." : "100.") + (1_000 + answer);
    double polling;
    double looking;
    try (var lab = new SpeedLab(folder, consumed, this::heard)) {
      answeredAt = lab::answeredAt;
      try (Daemon daemon = lab.start("200ms")) {
        lab.awaitAnswer(WARM_UP);
        String before = lab.metrics(daemon);
        delays.clear();
        lab.awaitAnswer(WARM_UP + BREACHES);
        String after = lab.metrics(daemon);
        polling = mean("spendwarden_source_poll_duration_seconds", before, after);
        looking = mean("spendwarden_evaluation_duration_seconds", before, after);
      }
    }
    double[] sorted = delays.stream().mapToDouble(d -> d).sorted().toArray();
    assertThat(sorted.length).isGreaterThanOrEqualTo(200);
    String plain = "SQLite alone, commit of the same revisions";
    BenchTable.add(Figure.lower("spine: fetch and parse 1,000 members, mean", "ms", polling));
    BenchTable.add(
        Figure.lower("spine: store, evaluate, publish 1,000 changes, mean", "ms", looking)
            .beside(plain, storeAlone()));
    BenchTable.add(Figure.lower("spine: both together, mean", "ms", polling + looking).atMost(150));
    String breach = "spine: last byte of a breaching answer to the webhook, ";
    BenchTable.add(Figure.lower(breach + "p50", "ms", sorted[sorted.length / 2]));
    BenchTable.add(
        Figure.lower(breach + "p99", "ms", sorted[(int) Math.ceil(sorted.length * 0.99) - 1])
            .atMost(50));
  }

  private void heard(SpeedLab.Heard heard) {
    delays.add((heard.at() - answeredAt.getAsLong()) / 1e6);
  }

  private static double mean(String name, String before, String after) {
    double seconds = sample(name + "_sum", after) - sample(name + "_sum", before);
    return seconds * 1e3 / (sample(name + "_count", after) - sample(name + "_count", before));
  }

  private static double sample(String name, String metrics) {
    Matcher line = Pattern.compile("(?m)^" + name + "(\\{[^}]*})? (\\S+)").matcher(metrics);
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(2));
  }

  /// What the disk takes for as many revisions, without any of our work around it.
  private double storeAlone() {
    Instant start = Instant.parse("2027-01-20T09:00:00Z");
    var nanos = new long[60];
    String url = "jdbc:sqlite:" + folder.resolve("alone.db");
    try (var database = SqliteDatabase.open(url, java.time.InstantSource.system())) {
      for (int i = 0; i < nanos.length; i++) {
        Posting posting = posting(start.plusSeconds(i), i);
        long begin = System.nanoTime();
        database.transact(ports -> {
          ports.ledger().append(posting);
          return true;
        });
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  private static Posting posting(Instant knownAt, int poll) {
    var quotas = new ArrayList<QuotaRevision>();
    for (int i = 0; i < SpeedLab.MEMBERS; i++) {
      var reading =
          new QuotaReading(
              "ionq-lab",
              Dimensions.of(Dimension.USER, "64dd2177aa10fd9d%08d".formatted(i)),
              Unit.USD,
              Optional.of(new BigDecimal(250)),
              new BigDecimal(poll));
      quotas.add(new QuotaRevision(reading, knownAt, false));
    }
    return new Posting("ionq-lab", knownAt, List.of(), quotas, List.of());
  }
}
