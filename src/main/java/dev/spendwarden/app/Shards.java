package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Belonging;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.store.Tenure;
import io.vertx.core.ThreadingModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Everything that judges: an evaluation for each shard of the configuration, which leads or
/// follows as its leases say. Where nobody shares the store there is one with everything.
///
/// Whatever is asked of a budget, a source or an action is asked of the shard it belongs to; what
/// is asked of all of them is put together here. [#run] blocks and is called by one thread at a
/// time; everything else is thread-safe.
final class Shards implements Neighbours {

  private final Daemon daemon;
  private final Tenures tenures;
  private final MergedSnapshot all = new MergedSnapshot();
  private final MergedSnapshot judgedHere = new MergedSnapshot();

  /// By the first of their leases. Replaced whole.
  private volatile Map<String, Running<EvaluationVerticle, Shard>> running = Map.of();

  Shards(Daemon daemon, Tenures tenures) {
    this.daemon = daemon;
    this.tenures = tenures;
  }

  static List<Shard> of(Config config, boolean shared) {
    List<String> sources = config.sources().stream().map(SourceConfig::name).toList();
    return shared ? Shard.cut(sources, config.policies()) : List.of(Shard.whole(sources));
  }

  /// What there is to be held. Replicas share it that agree on what is judged, and how.
  static Tenures.Plan plan(Config config, List<Shard> shards) {
    var agreed = new ArrayList<String>();
    config.sources().forEach(source -> agreed.add("source " + source.name()));
    config.receivers().forEach(receiver -> agreed.add("receiver " + receiver.name()));
    config
        .policies()
        .forEach(policy ->
            agreed.add(
                "policy %s %s %s %s"
                    .formatted(
                        policy.name(),
                        policy.fingerprint(),
                        new TreeSet<>(policy.selection().sources()),
                        new TreeMap<>(policy.labels()))));
    Collections.sort(agreed);
    return new Tenures.Plan(
        Budget.digest(String.join("\n", agreed)),
        shards.stream().filter(shard -> !shard.hasRest()).map(LeaseNames::of).toList(),
        Stream.concat(
                Stream.of(LeaseNames.HOUSE),
                config.receivers().stream()
                    .map(ReceiverConfig::name)
                    .sorted()
                    .map(LeaseNames::ofReceiver))
            .toList());
  }

  /// The leases of a source's shard, where it stays when the shards become these; or else none.
  List<String> leasesAfter(Collection<Shard> wanted, String source) {
    Shard now = ofSource(source).shard();
    boolean goesOn = stays(now, wanted) && !(now.hasRest() && wanted.size() > 1);
    return goesOn ? LeaseNames.of(now) : List.of();
  }

  private static String key(Shard shard) {
    return LeaseNames.of(shard).getFirst();
  }

  /// Starts the shards that are new, stops those that are gone, and puts other policies in force in
  /// those that stay. One that loses something is stopped and started anew, and whoever gains it
  /// comes after that: nothing is judged twice on the way.
  ///
  /// @throws StoreException when one that is new cannot be read back
  void run(Config config, List<Shard> wanted) {
    var staying = new LinkedHashMap<>(running);
    staying.values().removeIf(shard -> !stays(shard.config(), wanted));
    var ending = new LinkedHashMap<>(running);
    ending.keySet().removeAll(staying.keySet());
    daemon
        .deployments()
        .undeployAfterWork(ending.values().stream().map(Running::deployment).toList());
    var next = new LinkedHashMap<String, Running<EvaluationVerticle, Shard>>();
    // The rest, which is the last, takes in what is gone before others take what it had.
    for (Shard shard : wanted.reversed()) {
      Restoring restoring = restoring(config, shard);
      Running<EvaluationVerticle, Shard> former = staying.get(key(shard));
      if (former == null) {
        next.putFirst(key(shard), start(restoring));
      } else {
        await(former.verticle().replace(restoring), START_LONGEST, "policies");
        next.putFirst(key(shard), new Running<>(former.verticle(), shard, former.deployment()));
      }
    }
    running = Collections.unmodifiableMap(next);
  }

  private static boolean stays(Shard shard, Collection<Shard> wanted) {
    return wanted.stream().anyMatch(next -> key(next).equals(key(shard)) && shard.isWithin(next));
  }

  private static Restoring restoring(Config config, Shard shard) {
    return Restoring.of(
        shard,
        config.policies(),
        Sources.terms(config),
        config.receivers().stream().map(ReceiverConfig::name).toList(),
        Instant.EPOCH);
  }

  private Running<EvaluationVerticle, Shard> start(Restoring restoring) {
    EvaluationVerticle verticle = daemon.evaluation(restoring);
    try {
      String deployment = daemon.deployments().deploy(verticle, ThreadingModel.VIRTUAL_THREAD);
      return new Running<>(verticle, restoring.shard(), deployment);
    } catch (IllegalStateException e) {
      // One that opens and cannot be read is refused like one that does not open.
      throw e.getCause() instanceof StoreException unreadable ? unreadable : e;
    }
  }

  /// Of everything that runs here.
  List<String> deployments() {
    return running.values().stream().map(Running::deployment).toList();
  }

  /// The store has said what is held here.
  void leased() {
    boolean areOthers = tenures.areOthers();
    judging().forEach(shard -> shard.leased(tenureOf(shard), areOthers));
  }

  private Optional<Tenure> tenureOf(EvaluationVerticle shard) {
    return tenures.of(LeaseNames.of(shard.shard()));
  }

  Collection<EvaluationVerticle> judging() {
    return running.values().stream().map(Running::verticle).toList();
  }

  // The shard to ask.

  /// The one that has what belongs to no source.
  EvaluationVerticle rest() {
    return first(shard -> shard.hasRest());
  }

  EvaluationVerticle ofSource(String source) {
    return first(shard -> shard.ofSources().has(source));
  }

  EvaluationVerticle ofPolicy(String policy) {
    return first(shard -> shard.ofPolicies().has(policy));
  }

  EvaluationVerticle ofBudget(String policy, Dimensions labels) {
    return first(shard -> Belonging.is(shard, policy, labels));
  }

  /// The leases of the shard that judges a policy.
  List<String> leasesOf(String policy) {
    return LeaseNames.of(ofPolicy(policy).shard());
  }

  private EvaluationVerticle first(Predicate<Shard> wanted) {
    return running.values().stream()
        .filter(shard -> wanted.test(shard.config()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("every name belongs to a shard"))
        .verticle();
  }

  // All of them.

  @Override
  public Snapshot snapshot() {
    return all.of(judging());
  }

  /// What this replica judges, and no other.
  Snapshot snapshotHere() {
    return judgedHere.of(judging().stream().filter(EvaluationVerticle::leads).toList());
  }

  /// The policies that this replica judges, as far as it knows.
  Names policiesHere() {
    Set<String> here = new TreeSet<>();
    Set<String> elsewhere = new TreeSet<>();
    boolean rest = false;
    for (var shard : running.values()) {
      boolean leads = shard.verticle().leads();
      switch (shard.config().ofPolicies()) {
        case Names.Only(var names) -> (leads ? here : elsewhere).addAll(names);
        case Names.AllBut _ -> rest = leads;
      }
    }
    return rest ? Names.allBut(elsewhere) : Names.only(here);
  }

  /// Whether what was judged last could be stored, or read back, in all of them.
  boolean areWorking() {
    return judging().stream().allMatch(EvaluationVerticle::isWorking);
  }

  /// Whether nobody is told of the alert now.
  boolean isQuiet(Alert alert) {
    return ofBudget(alert.policy(), alert.budgetLabels()).isQuiet(alert);
  }

  @Override
  public void noted(String alertId) {
    daemon.noted(alertId);
  }

  ShardOrders orders() {
    return new ShardOrders(new ArrayList<>(judging()), rest(), this::ofPolicy);
  }
}
