package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AuditChainTest {

  private static final Instant AT = Instant.parse("2027-01-20T09:00:00.123Z");

  private static List<AuditRow> chain(int rows) {
    var chain = new ArrayList<AuditRow>();
    for (int i = 0; i < rows; i++) {
      Optional<AuditRow> last = chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
      chain.add(
          AuditChain.next(
              last, AT.plusSeconds(i), "ada", "approved", "act_1", Map.of("b", "2", "a", "\"ü\n")));
    }
    return chain;
  }

  @Test
  void theHashedTextIsFixed() {
    assertThat(AuditChain.canonical(chain(1).getFirst()))
        .isEqualTo(
            "{\"action_id\":\"act_1\",\"at\":\"2027-01-20T09:00:00.123Z\",\"details\":"
                + "{\"a\":\"\\\"\\u00fc\\u000a\",\"b\":\"2\"},\"seq\":1,\"what\":\"approved\",\"who\":\"ada\"}");
  }

  @Test
  void aWholeChainHasNoProblems() {
    assertThat(AuditChain.verify(chain(50))).isEmpty();
    assertThat(AuditChain.verify(List.of())).isEmpty();
  }

  @Test
  void aChangedRowIsFound() {
    List<AuditRow> rows = chain(5);
    AuditRow row = rows.get(2);
    rows.set(
        2,
        new AuditRow(
            row.seq(),
            row.at(),
            "eve",
            row.what(),
            row.actionId(),
            new TreeMap<>(row.details()),
            row.hash()));
    assertThat(AuditChain.verify(rows))
        .containsExactly("audit: row 3 or the one before it was changed");
  }

  @Test
  void aRowThatWasTakenOutOrMadeUpIsFound() {
    List<AuditRow> without = chain(5);
    without.remove(2);
    assertThat(AuditChain.verify(without))
        .containsExactly("audit: row 3 is missing, row 4 follows 2");
    List<AuditRow> madeUp = chain(5);
    madeUp.set(
        3, AuditChain.next(Optional.of(madeUp.get(1)), AT, "eve", "approved", "act_1", Map.of()));
    assertThat(AuditChain.verify(madeUp)).isNotEmpty();
  }
}
