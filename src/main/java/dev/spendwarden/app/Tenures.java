package dev.spendwarden.app;

import dev.spendwarden.store.Census;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.Lease;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.store.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this replica holds: it takes what falls to it and is free, keeps it while it asks, and says
/// what has come to be another's share, to be let go of when the work on it has ended. Thread-safe.
final class Tenures {

  private static final Logger LOG = LoggerFactory.getLogger(Tenures.class);

  /// Six times as long as the pause between two renewals. A replica that is lost is followed after
  /// this, the second until the next one asks, and the five seconds for which PostgreSQL lets a
  /// silent client hold a transaction: twelve at most.
  private static final Duration LASTS = Duration.ofSeconds(6);

  /// Of work that was begun here and is to end.
  private static final Long TO_LET_GO_OF = -1L;

  private final Database database;
  private final String holder = UUID.randomUUID().toString();

  private volatile Plan plan = new Plan("", List.of(), List.of());
  private volatile Holdings holdings = new Holdings(Map.of(), Set.of(), 1);

  /// What there is to be held: each of the lists is held by one replica as a whole.
  ///
  /// @param configuration replicas share the work with those that have the same
  /// @param shards those with sources, which are spread first: they are most of the work
  /// @param others the rest and the receivers
  record Plan(String configuration, List<List<String>> shards, List<List<String>> others) {}

  /// @param own leases by name, those to be let go of among them
  /// @param share names that fall to this replica
  /// @param living replicas, this one included
  private record Holdings(Map<String, Lease> own, Set<String> share, int living) {}

  Tenures(Database database) {
    this.database = database;
  }

  /// Takes effect with the next question.
  void plan(Plan wanted) {
    plan = wanted;
  }

  /// Makes what is held last longer and takes what falls to this replica.
  ///
  /// @throws StoreException when the store does not answer
  synchronized void ask() {
    Plan now = plan;
    Census census = database.census(new Census.Replica(holder, now.configuration()), LASTS);
    var own = new HashMap<>(census.own());
    List<List<String>> units = shareOf(now, census);
    for (List<String> unit : units) {
      boolean free =
          unit.stream().allMatch(name -> holder.equals(census.held().getOrDefault(name, holder)));
      if (free && !own.keySet().containsAll(unit)) {
        database
            .take(unit, holder, LASTS)
            .ifPresent(taken -> taken.leases().forEach(lease -> own.put(lease.name(), lease)));
      }
    }
    Set<String> share = units.stream().flatMap(List::stream).collect(Collectors.toSet());
    holdings = new Holdings(Map.copyOf(own), share, census.living().size());
  }

  private List<List<String>> shareOf(Plan now, Census census) {
    Optional<String> configuration = inForce(census);
    List<String> sharing =
        census.living().stream()
            .filter(replica -> configuration.equals(Optional.of(replica.configuration())))
            .map(Census.Replica::holder)
            .toList();
    if (!sharing.contains(holder)) {
      return List.of();
    }
    Map<String, List<String>> shards = spread(now.shards(), sharing, census, Map.of());
    Map<String, List<String>> others = spread(now.others(), sharing, census, Spread.sizes(shards));
    var mine = new HashSet<>(shards.getOrDefault(holder, List.of()));
    mine.addAll(others.getOrDefault(holder, List.of()));
    var units = new ArrayList<>(now.shards());
    units.addAll(now.others());
    return units.stream().filter(unit -> mine.contains(unit.getFirst())).toList();
  }

  /// Each unit goes by its first name.
  private static Map<String, List<String>> spread(
      List<List<String>> units, List<String> sharing, Census census, Map<String, Integer> load) {
    return Spread.of(units.stream().map(List::getFirst).toList(), sharing, census.held(), load);
  }

  /// Under which configuration work is done: that of whoever leads, while any replica has it, and
  /// nobody's while one leads that is not known here. Otherwise the one that most have.
  private static Optional<String> inForce(Census census) {
    Map<String, Long> counts =
        census.living().stream()
            .collect(
                Collectors.groupingBy(
                    Census.Replica::configuration, TreeMap::new, Collectors.counting()));
    boolean goesOn = census.leading().filter(counts::containsKey).isPresent();
    return goesOn || census.held().containsKey(Lease.HOUSE)
        ? census.leading()
        : counts.entrySet().stream()
            .max(
                Map.Entry.<String, Long>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
            .map(Map.Entry::getKey);
  }

  /// The leases of this replica as they were last seen; empty while it lacks one, or is to let go
  /// of them. They may be over already: only a write that shows them can tell.
  Optional<Tenure> of(List<String> names) {
    Holdings now = holdings;
    return !names.isEmpty()
            && now.share().containsAll(names)
            && now.own().keySet().containsAll(names)
        ? Optional.of(tenure(now, names))
        : Optional.empty();
  }

  private static Tenure tenure(Holdings now, Collection<String> names) {
    return Tenure.of(
        names.stream().flatMap(name -> Optional.ofNullable(now.own().get(name)).stream()).toList());
  }

  /// The same as they are now.
  ///
  /// @throws StoreException when the store does not answer
  Optional<Tenure> renewed(List<String> names) {
    return of(names).flatMap(seen -> database.renew(seen, LASTS));
  }

  /// Names that are held here and are to be let go of.
  Set<String> surplus() {
    Holdings now = holdings;
    var names = new HashSet<>(now.own().keySet());
    names.removeAll(now.share());
    return names;
  }

  /// Whether other replicas live.
  boolean areOthers() {
    return holdings.living() > 1;
  }

  /// The term of everything that is held: where one changes, something is to be begun or ended.
  Map<String, Long> terms() {
    Holdings now = holdings;
    var terms = new TreeMap<String, Long>();
    now.own()
        .forEach((name, lease) ->
            terms.put(
                name, now.share().contains(name) ? Long.valueOf(lease.term()) : TO_LET_GO_OF));
    return terms;
  }

  /// Lets others take what is no longer worked on here.
  synchronized void release(Set<String> names) {
    Holdings now = holdings;
    var kept = new HashMap<>(now.own());
    kept.keySet().removeAll(names);
    if (kept.size() < now.own().size()) {
      database.release(tenure(now, names));
      holdings = new Holdings(Map.copyOf(kept), now.share(), now.living());
    }
  }

  /// The end: lets others take over at once.
  void leave() {
    try {
      release(holdings.own().keySet());
      database.leave(holder);
    } catch (StoreException e) {
      LOG.warn("leases_not_released: other replicas take over when they have run out", e);
    }
  }

  /// The store for what only the holder of these leases may write.
  Database under(List<String> names) {
    return new LeasedDatabase(
        database,
        () -> of(names),
        new LeasedDatabase.Otherwise() {
          @Override
          public <T> T transact(Function<Database.Ports, T> work) {
            throw new StoreException(
                "another replica does this now (" + names.getFirst() + "); nothing changed");
          }
        });
  }

  /// The store for what people order at any replica: the holder of these leases, where it is
  /// another, reads it back.
  Database beside(List<String> names) {
    return new LeasedDatabase(
        database,
        () -> of(names),
        new LeasedDatabase.Otherwise() {
          @Override
          public <T> T transact(Function<Database.Ports, T> work) {
            return database.transactBeside(names, work);
          }
        });
  }
}
