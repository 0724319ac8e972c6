package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

  private static Map<String, List<String>> spread(
      List<String> units, List<String> living, Map<String, String> held) {
    return Spread.of(units, living, held, Map.of());
  }

  private static Map<String, String> held(Map<String, List<String>> shares) {
    var held = new TreeMap<String, String>();
    shares.forEach((holder, units) -> units.forEach(unit -> held.put(unit, holder)));
    return held;
  }

  @Test
  void whatIsFreeFallsToWhoeverHasLeast() {
    assertThat(spread(List.of("1", "2", "3"), List.of("b", "a"), Map.of()))
        .isEqualTo(Map.of("a", List.of("1", "3"), "b", List.of("2")));
    assertThat(spread(List.of("1", "2"), List.of("a", "b"), Map.of("1", "a", "2", "lost")))
        .isEqualTo(Map.of("a", List.of("1"), "b", List.of("2")));
    assertThat(spread(List.of("1"), List.of(), Map.of())).isEmpty();
  }

  @Test
  void oneThatJoinsGetsItsShareAndNothingElseMoves() {
    var before = Map.of("1", "a", "2", "a", "3", "a", "4", "b", "5", "b");
    assertThat(spread(List.of("1", "2", "3", "4", "5"), List.of("a", "b", "c"), before))
        .isEqualTo(Map.of("a", List.of("1", "2"), "b", List.of("4", "5"), "c", List.of("3")));
  }

  @Test
  void nobodyGivesUpWhatIsEvenEnough() {
    var before = Map.of("1", "a", "2", "b", "3", "b");
    assertThat(held(spread(List.of("1", "2", "3"), List.of("a", "b"), before))).isEqualTo(before);
    var beside = Map.of("1", "a");
    assertThat(held(spread(List.of("1"), List.of("a", "b"), beside))).isEqualTo(beside);
  }

  @Test
  void whereItIsAllTheSameWhoHasLessBesideComesFirst() {
    assertThat(Spread.of(List.of("r"), List.of("a", "b"), Map.of(), Map.of("a", 1)))
        .isEqualTo(Map.of("a", List.of(), "b", List.of("r")));
  }

  /// Whatever happens to whom: it is even, it rests, and as little as can be has moved.
  @Test
  void comesToRestEvenlyWhateverHappens() {
    var random = new Random(20270120);
    for (int i = 0; i < 500; i++) {
      List<String> units = IntStream.range(0, random.nextInt(12)).mapToObj(n -> "u" + n).toList();
      List<String> living =
          IntStream.range(0, 1 + random.nextInt(5)).mapToObj(n -> "h" + n).toList();
      var before = new HashMap<String, String>();
      units.forEach(unit -> before.put(unit, "h" + random.nextInt(7)));
      Map<String, List<String>> shares = spread(units, living, before);
      List<Integer> sizes = new ArrayList<>(Spread.sizes(shares).values());
      assertThat(sizes.stream().mapToInt(n -> n).max().orElse(0))
          .isLessThanOrEqualTo(sizes.stream().mapToInt(n -> n).min().orElse(0) + 1);
      assertThat(held(shares).keySet()).containsExactlyInAnyOrderElementsOf(units);
      assertThat(spread(units, living, held(shares))).isEqualTo(sorted(shares, units));
    }
  }

  private static Map<String, List<String>> sorted(
      Map<String, List<String>> shares, List<String> units) {
    var sorted = new TreeMap<String, List<String>>();
    shares.forEach(
        (holder, share) -> sorted.put(holder, units.stream().filter(share::contains).toList()));
    return sorted;
  }
}
