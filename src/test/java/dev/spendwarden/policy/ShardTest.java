package dev.spendwarden.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShardTest {

  private static Policy policy(String name, Set<String> sources, String... actions) {
    Policy removed = Policy.removed(name);
    var selects = new Selection(sources, Selection.Kind.SPEND, Map.of(), Map.of(), List.of());
    var rule =
        new Rule(
            "r",
            PolicyFixtures.atLeast("used >= 1", Facts::used, 1, false),
            java.time.Duration.ZERO,
            java.time.Duration.ZERO,
            Severity.WARNING,
            "",
            List.of(actions));
    return new Policy(
        name,
        "",
        "",
        "",
        Map.of(),
        selects,
        removed.limit(),
        removed.period(),
        removed.zone(),
        false,
        removed.freshWithin(),
        removed.maxJump(),
        removed.receivers(),
        removed.decisions(),
        List.of(),
        List.of(rule),
        name);
  }

  private static List<List<String>> sourcesOf(List<Shard> shards) {
    return shards.stream().map(Shard::sources).toList();
  }

  @Test
  void sourcesThatAPolicySelectsTogetherAreOneShard() {
    List<Shard> shards =
        Shard.cut(
            List.of("d", "c", "b", "a"),
            List.of(
                policy("ac", Set.of("a", "c")),
                policy("cd", Set.of("c", "d")),
                policy("b", Set.of("b"))));
    assertThat(sourcesOf(shards)).containsExactly(List.of("a", "c", "d"), List.of("b"), List.of());
    assertThat(shards).extracting(Shard::name).containsExactly("a", "b", "");
    assertThat(shards.getFirst().ofPolicies().has("cd")).isTrue();
    assertThat(shards.getFirst().ofPolicies().has("b")).isFalse();
  }

  @Test
  void policiesThatShareAnActionAreOneShard() {
    List<Shard> shards =
        Shard.cut(
            List.of("a", "b", "c"),
            List.of(
                policy("p", Set.of("a"), "cancel", "tell"),
                policy("q", Set.of("b"), "tell"),
                policy("r", Set.of("c"), "cut")));
    assertThat(sourcesOf(shards)).containsExactly(List.of("a", "b"), List.of("c"), List.of());
  }

  @Test
  void theRestHasWhatNoSourceHas() {
    List<Shard> shards =
        Shard.cut(
            List.of("a"),
            List.of(
                policy("p", Set.of("a")),
                policy("nowhere", Set.of()),
                policy("gone", Set.of("unconfigured"))));
    Shard rest = shards.getLast();
    assertThat(rest.hasRest()).isTrue();
    assertThat(Stream.of("nowhere", "gone", "removed long ago").allMatch(rest.ofPolicies()::has))
        .isTrue();
    assertThat(rest.ofPolicies().has("p")).isFalse();
    assertThat(rest.ofSources().has("removed source")).isTrue();
    assertThat(rest.ofSources().has("a")).isFalse();
  }

  @Test
  void theOrderInTheFilesDoesNotMatterAndEachNameIsInOneShard() {
    var random = new Random(20270120);
    for (int i = 0; i < 200; i++) {
      var sources = new ArrayList<>(List.of("s0", "s1", "s2", "s3", "s4", "s5"));
      var policies = new ArrayList<Policy>();
      for (int p = 0; p < 6; p++) {
        policies.add(
            policy(
                "p" + p,
                Set.copyOf(sources.subList(0, random.nextInt(3))),
                "act" + random.nextInt(4)));
        Collections.shuffle(sources, random);
      }
      List<Shard> shards = Shard.cut(sources, policies);
      Collections.shuffle(policies, random);
      Collections.shuffle(sources, random);
      assertThat(Shard.cut(sources, policies)).isEqualTo(shards);
      for (String source : sources) {
        assertThat(shards.stream().filter(s -> s.ofSources().has(source))).hasSize(1);
      }
      for (Policy policy : policies) {
        List<Shard> judging =
            shards.stream().filter(s -> s.ofPolicies().has(policy.name())).toList();
        assertThat(judging).hasSize(1);
        assertThat(policy.selection().sources()).allMatch(judging.getFirst().ofSources()::has);
      }
    }
  }

  @Test
  void whatAShardMayLoseIsSeen() {
    Policy both = policy("p", Set.of("a", "b"));
    List<Shard> apart = Shard.cut(List.of("a", "b"), List.of(policy("p", Set.of("a"))));
    List<Shard> joined = Shard.cut(List.of("a", "b"), List.of(both));
    assertThat(apart.getFirst().isWithin(joined.getFirst())).isTrue();
    assertThat(joined.getFirst().isWithin(apart.getFirst())).isFalse();
    List<Shard> without = Shard.cut(List.of("a", "b"), List.of());
    assertThat(apart.getFirst().isWithin(without.getFirst())).as("its policy goes").isFalse();
    assertThat(without.getFirst().isWithin(apart.getFirst())).isTrue();
    assertThat(apart.getLast().isWithin(joined.getLast())).isTrue();
  }

  @Test
  void aloneEverythingIsOneShard() {
    Shard whole = Shard.whole(List.of("b", "a"));
    assertThat(whole.hasRest()).isTrue();
    assertThat(whole.sources()).containsExactly("a", "b");
    assertThat(whole.ofSources().has("a")).isTrue();
    assertThat(whole.ofPolicies().has("whatever")).isTrue();
  }
}
