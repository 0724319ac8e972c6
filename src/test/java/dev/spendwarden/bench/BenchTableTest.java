package dev.spendwarden.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTableTest {

  @Test
  void eachFigureStandsBesideItsPeerAndItsTargets() {
    assertThat(
            BenchTable.of(
                List.of(
                    Figure.lower("judge all", "ms", 418)
                        .times(5)
                        .atMost(500)
                        .beside("Prometheus", 2_508),
                    Figure.higher("sum a report", "MB/s", 214.4).beside("DuckDB", 265).times(1),
                    Figure.lower("paint", "ms", 1_628.4).atMost(1_000),
                    Figure.lower("tell", "ms", 39.74)
                        .alone("Prometheus is not installed")
                        .times(20),
                    Figure.lower("snapshot", "ms", 0.1234))))
        .isEqualTo(
            """
            | What | Spendwarden | Beside it, same run | Times better | Target | Met |
            |---|--:|--:|--:|---|---|
            | judge all | 418 ms | 2,508 ms, Prometheus | 6 × | ≥ 5 ×, ≤ 500 ms | yes |
            | sum a report | 214 MB/s | 265 MB/s, DuckDB | 0.809 × | ≥ 1 × | **no** |
            | paint | 1,628 ms | – | – | ≤ 1,000 ms | **no** |
            | tell | 39.7 ms | Prometheus is not installed | – | ≥ 20 × | **no** |
            | snapshot | 0.123 ms | – | – | – | – |
            """);
  }
}
