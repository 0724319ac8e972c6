package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.app.Tenures.Plan;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Replicas that ask one after the other, on a real server: what each comes to hold.
class TenuresIT {

  private static final List<String> LAB = List.of("source/lab");
  private static final List<String> BOTH = List.of("source/a", "source/b");
  private static final List<String> HOOKS = List.of("receiver/hooks");
  private static final List<List<String>> ALL = List.of(LAB, BOTH, LeaseNames.HOUSE, HOOKS);

  private Database database;

  @BeforeEach
  void open() {
    database = PostgresLab.shared().database().open(InstantSource.system());
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private Tenures replica(String configuration) {
    var tenures = new Tenures(database);
    tenures.plan(new Plan(configuration, List.of(LAB, BOTH), List.of(LeaseNames.HOUSE, HOOKS)));
    return tenures;
  }

  private static List<List<String>> held(Tenures replica) {
    return ALL.stream().filter(names -> replica.of(names).isPresent()).toList();
  }

  /// What a daemon does when the work has ended.
  private static void letGo(Tenures replica) {
    replica.release(replica.surplus());
  }

  @Test
  void oneThatJoinsGetsItsShareWhenItWasLetGoOfAndAllWhenTheOtherLeaves() {
    Tenures one = replica("c");
    one.ask();
    assertThat(held(one)).isEqualTo(ALL);
    assertThat(one.areOthers()).isFalse();

    Tenures two = replica("c");
    two.ask();
    assertThat(held(two)).as("nothing is free yet").isEmpty();
    one.ask();
    assertThat(one.areOthers()).isTrue();
    assertThat(one.surplus()).hasSizeBetween(2, 3);
    assertThat(held(one)).as("what is to go is worked on no more").hasSize(2);
    letGo(one);
    two.ask();
    assertThat(Stream.concat(held(one).stream(), held(two).stream()))
        .containsExactlyInAnyOrderElementsOf(ALL);
    assertThat(held(two)).hasSize(2);

    one.leave();
    two.ask();
    assertThat(held(two)).isEqualTo(ALL);
  }

  @Test
  void anotherConfigurationFollowsUntilTheLastOfTheFormerIsGone() {
    Tenures one = replica("old");
    Tenures two = replica("old");
    one.ask();
    two.ask();
    one.ask();
    letGo(one);
    two.ask();

    Tenures three = replica("new");
    three.ask();
    one.leave();
    three.ask();
    two.ask();
    assertThat(held(three)).isEmpty();
    assertThat(held(two)).isEqualTo(ALL);

    two.leave();
    three.ask();
    assertThat(held(three)).isEqualTo(ALL);
  }

  @Test
  void whereTheOneThatLeadsLoadsAnotherConfigurationTheOthersLetGo() {
    Tenures one = replica("old");
    Tenures two = replica("old");
    one.ask();
    two.ask();
    one.ask();
    letGo(one);
    two.ask();
    Tenures leader = one.of(LeaseNames.HOUSE).isPresent() ? one : two;
    Tenures other = leader == one ? two : one;
    List<String> others = held(other).getFirst();
    Database writing = other.under(others);
    writing.transact(ports -> true);

    leader.plan(new Plan("new", List.of(LAB, BOTH), List.of(LeaseNames.HOUSE, HOOKS)));
    leader.ask();
    assertThatThrownBy(() -> writing.transact(ports -> true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("configuration");
    other.ask();
    letGo(other);
    leader.ask();
    assertThat(held(leader)).isEqualTo(ALL);
    assertThat(held(other)).isEmpty();
    assertThatThrownBy(() -> writing.transact(ports -> true))
        .hasMessageContaining("another replica does this now");
  }

  @Test
  void whileAnOlderVersionHoldsTheHouseNobodyElseWorks() {
    database.take(LeaseNames.HOUSE, "an older version", Duration.ofMinutes(1));
    Tenures one = replica("c");
    one.ask();
    assertThat(held(one)).isEmpty();
    assertThat(one.surplus()).isEmpty();
  }

  @Test
  void aTermThatIsNewIsSeen() {
    Tenures one = replica("c");
    one.ask();
    var before = one.terms();
    one.ask();
    assertThat(one.terms()).isEqualTo(before);
    one.release(Set.copyOf(LAB));
    one.ask();
    assertThat(one.terms()).isNotEqualTo(before).containsKey("source/lab");
  }
}
