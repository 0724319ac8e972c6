package dev.spendwarden.simulation;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Member;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.OutboxSession;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database.Ports;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Plays thirty days of one seed, one event after the other, and checks the invariants after each.
/// The same seed plays the same days.
final class Simulation {

  static final Instant START = Instant.parse("2027-01-11T00:00:00Z");
  static final Duration LENGTH = Duration.ofDays(30);

  /// After the thirty days everything is mended and what is left must be delivered.
  static final Instant END = START.plus(LENGTH).plus(Duration.ofHours(6));

  private static final double CRASH = 0.0012;

  /// How often memory and store are compared.
  private static final double COMPARED = 0.02;

  private static final int REMEMBERED = 3_000;

  /// Something that is going to happen.
  record Event(Instant at, long order, @Nullable SimulatedDaemon owner, Runnable work) {}

  private final Fault fault;
  private final boolean calm;
  private final boolean tracing;
  private final Dice timing;
  private final Dice operators;
  private final Crashes crashes;
  private final Committed committed = new Committed();
  private final Oracle oracle = new Oracle();
  private final Arrivals arrivals = new Arrivals(committed);
  private final QuietTimes quiet = new QuietTimes();
  private final Tellings tellings;
  private final Invariants invariants;
  private final SimulatedStore store;
  private final Providers providers;
  private final Map<String, Peer> peers = new java.util.TreeMap<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          java.util.Comparator.comparing(Event::at).thenComparingLong(Event::order));
  private final Deque<String> trace = new ArrayDeque<>();
  private final Tally tally = new Tally();

  private Plan plan;
  private Instant now = START;
  private Instant upSince = START;
  private boolean settled;
  private long order;
  private long named;
  private @Nullable SimulatedDaemon owner;
  private @Nullable SimulatedDaemon acting;

  /// @param calm no crash, no trouble in store and network: everything must arrive exactly once
  Simulation(long seed, Fault fault, boolean calm, boolean tracing) {
    this.fault = fault;
    this.calm = calm;
    this.tracing = tracing;
    timing = new Dice(seed, "timing");
    operators = new Dice(seed, "operators");
    crashes = new Crashes(seed, calm ? 0 : CRASH);
    store = new SimulatedStore(committed, crashes, seed, calm, fault != Fault.FORGOTTEN_TERM_CHECK);
    providers = new Providers(seed, START);
    plan = Plan.initial(new Dice(seed, "plan"), new Dice(seed, "routing"));
    tellings = new Tellings(committed, quiet, plan.manners());
    invariants = new Invariants(committed, oracle, arrivals, quiet, tellings);
    for (String name : Plan.RECEIVERS) {
      peers.put(name, new Peer(name, seed, crashes, arrivals, START));
    }
  }

  /// Plays it to the end.
  ///
  /// @throws Broken where a guarantee is
  Tally run() {
    launch();
    for (Peer peer : peers.values()) {
      if (!calm) {
        schedule(
            START.plus(operators.between(Duration.ofHours(1), Duration.ofDays(5))),
            null,
            () -> turn(peer));
      }
    }
    schedule(START.plus(Duration.ofHours(9)), null, this::operate);
    schedule(START.plus(LENGTH), null, this::mend);
    while (!events.isEmpty() && !events.peek().at().isAfter(END)) {
      step(events.poll());
    }
    for (Notification notification : committed.notifications()) {
      Invariants.require(
          notification.state() != Notification.State.PENDING,
          Guarantee.DELIVERED,
          () -> notification.type() + " " + notification.id() + " was never delivered");
    }
    int[] arrived = arrivals.count();
    Invariants.require(
        !calm || arrived[1] == 0, Guarantee.FEW_DUPLICATES, () -> "duplicates without a fault");
    tally.end(arrived, crashes.happened());
    return tally;
  }

  private void step(Event event) {
    now = event.at();
    acting = event.owner();
    try {
      event.work().run();
    } catch (Crash crash) {
      crashed(crash);
    }
    tally.step();
    SimulatedDaemon daemon = owner;
    boolean wasSettled = settled;
    settled = daemon != null && daemon.isSettled();
    if (settled && daemon != null) {
      upSince = wasSettled ? upSince : now;
      invariants.everyStep(peers.values(), upSince, now);
      if (timing.chance(COMPARED)) {
        compare(daemon);
      }
    }
  }

  private void compare(SimulatedDaemon daemon) {
    daemon
        .held()
        .ifPresent(held ->
            invariants.sameAsStored(
                held,
                store.inspect(ports -> ports.alerts().restore(Instant.MIN)),
                store.inspect(ports -> waiting(ports.outbox().groups()))));
  }

  private static List<Member> waiting(Groups groups) {
    return groups.due(Instant.MAX, Integer.MAX_VALUE).stream()
        .flatMap(group -> groups.waitingIn(group.id()).stream())
        .toList();
  }

  // Processes.

  private void launch() {
    settled = false;
    note("a process starts");
    SimulatedDaemon daemon = new SimulatedDaemon(this, plan, store.takeOver());
    owner = daemon;
    acting = daemon;
    try {
      daemon.start();
    } catch (Crash crash) {
      crashed(crash);
    }
  }

  private void crashed(Crash crash) {
    note("died: %s", crash.getMessage());
    peers.values().forEach(Peer::excuse);
    SimulatedDaemon victim = acting == null ? owner : acting;
    if (victim != owner) {
      victim.die();
      return;
    }
    if (timing.chance(0.25)) {
      // It only seems dead: it hangs in the middle of something, and goes on beside its successor.
      note("no, it hangs");
      victim.lostItsTerm();
      schedule(
          now.plus(timing.between(Duration.ofHours(1), Duration.ofHours(9))), null, victim::die);
    } else {
      victim.die();
    }
    owner = null;
    Duration pause =
        timing.chance(0.1)
            ? timing.between(Duration.ofHours(1), Duration.ofHours(40))
            : timing.between(Duration.ofSeconds(1), Duration.ofMinutes(20));
    Instant again = now.plus(pause);
    schedule(again.isAfter(START.plus(LENGTH)) ? now.plusSeconds(1) : again, null, this::launch);
  }

  // The world around.

  private void turn(Peer peer) {
    if (now.isBefore(START.plus(LENGTH))) {
      Duration lasts = peer.turn(now);
      note("weather at %s: fine since %s", peer.name(), peer.fineSince());
      schedule(now.plus(lasts), null, () -> turn(peer));
    }
  }

  private void mend() {
    note("everything is mended");
    crashes.end();
    peers.values().forEach(peer -> peer.clearUp(now));
    if (owner == null) {
      launch();
    }
  }

  private void operate() {
    SimulatedDaemon daemon = owner;
    if (daemon != null && now.isBefore(START.plus(LENGTH))) {
      acting = daemon;
      try {
        operate(daemon);
      } catch (StoreException e) {
        note("an operator was told that it did not work");
      }
    }
    schedule(
        now.plus(operators.between(Duration.ofHours(5), Duration.ofHours(60))),
        null,
        this::operate);
  }

  private void operate(SimulatedDaemon daemon) {
    switch (operators.below(8)) {
      case 0, 1 -> daemon.silence(aSilence());
      case 2 ->
          store.inspect(ports -> ports.quiet().silences()).stream()
              .findFirst()
              .ifPresent(silence -> {
                note("the end of silence %s", silence.match());
                daemon.unsilence(silence.id());
              });
      case 3 ->
          committed.live().stream()
              .findFirst()
              .ifPresent(alert -> {
                note("ack of %s %s", alert.policy(), alert.budgetLabels());
                daemon.ack(alert.id());
              });
      case 4 -> daemon.waive(aWaiver());
      case 5 ->
          store.inspect(ports -> ports.quiet().waivers()).stream()
              .filter(granted -> now.isBefore(granted.waiver().until()))
              .findFirst()
              .ifPresent(granted -> {
                note("the end of a waiver of %s", granted.policy());
                daemon.unwaive(granted.id());
              });
      case 6 -> {
        plan = plan.edited(operators);
        note("reload: %s", plan.watched().stream().map(one -> one.name() + one.variant()).toList());
        daemon.reload(plan);
      }
      default ->
          peers.keySet().stream()
              .flatMap(name -> committed.undelivered(name).stream())
              .filter(letter -> letter.state() == Notification.State.DEAD)
              .findFirst()
              .ifPresent(letter -> {
                note("retry of %s to %s", letter.type(), letter.receiver());
                daemon.retry(letter);
              });
    }
  }

  private Silence aSilence() {
    Map<String, Set<String>> match =
        operators.pick(
            List.of(
                Map.of("policy", Set.of("user-quota")),
                Map.of("policy", Set.of("workspace-month", "all-week")),
                Map.of("severity", Set.of("warning")),
                Map.of("policy", Set.of("source-health"))));
    Instant end = now.plus(operators.between(Duration.ofHours(1), Duration.ofHours(30)));
    note("silence %s until %s", match, end);
    return new Silence("sil_" + ++named, match, now, end, "", "ada");
  }

  private GrantedWaiver aWaiver() {
    Instant until = now.plus(operators.between(Duration.ofHours(2), Duration.ofHours(60)));
    boolean mute = operators.chance(0.5);
    String policy = operators.pick(List.of("workspace-month", "all-week"));
    note("waiver %s mute=%s until %s", policy, mute, until);
    return new GrantedWaiver(
        "wai_" + ++named,
        policy,
        new Policy.Waiver(
            until,
            mute ? Optional.empty() : Optional.of(Amount.of("250", Unit.USD)),
            mute,
            "",
            "lin"));
  }

  // What the process asks of its world.

  Instant now() {
    return now;
  }

  Event schedule(Instant at, @Nullable SimulatedDaemon by, Runnable work) {
    var event = new Event(at.isBefore(now) ? now : at, order++, by, work);
    events.add(event);
    return event;
  }

  void cancel(Event event) {
    events.remove(event);
  }

  /// Nothing of what it meant to do will happen.
  void died(SimulatedDaemon daemon) {
    events.removeIf(event -> event.owner() == daemon);
  }

  Fault fault() {
    return fault;
  }

  Dice timing() {
    return timing;
  }

  Crashes crashes() {
    return crashes;
  }

  Providers providers() {
    return providers;
  }

  SimulatedStore store() {
    return store;
  }

  Committed committed() {
    return committed;
  }

  Tellings tellings() {
    return tellings;
  }

  Invariants invariants() {
    return invariants;
  }

  Tally tally() {
    return tally;
  }

  Collection<Peer> peers() {
    return peers.values();
  }

  Peer peer(String name) {
    return peers.get(name);
  }

  /// Only the looks of whoever holds the present term count for what should be true.
  Optional<Oracle> oracle(long term) {
    return store.isOwner(term) ? Optional.of(oracle) : Optional.empty();
  }

  /// Groups were told, and that is durable.
  ///
  /// @param before what waited then
  void flushed(Set<Committed.Place> before, List<Telling> told) {
    tellings.flushed(before, told, now);
    told.forEach(one -> note("to %s at its time: %s", one.receiver(), one.type()));
    tally.flushed(told);
  }

  /// The outbox as a process of that term sees it.
  OutboxSession outboxOf(long term) {
    return new OutboxSession() {
      @Override
      public <T> T inTransaction(Function<dev.spendwarden.notify.Outbox, T> work) {
        return store.transact(term, ports -> work.apply(ports.outbox()));
      }
    };
  }

  void configured(long term, Plan inForce) {
    if (store.isOwner(term)) {
      oracle.configured(inForce);
      invariants.configured(inForce);
    }
  }

  void silencesAre(Function<Ports, List<Silence>> stored) {
    quiet.silenced(store.inspect(stored), now);
  }

  void waiversAre(Function<Ports, List<GrantedWaiver>> stored) {
    List<GrantedWaiver> waivers = store.inspect(stored);
    oracle.waived(waivers);
    quiet.waived(waivers, now);
  }

  void attempted(Notification after, DeliveryResult result) {
    tally.attempt();
    if (after.state() == Notification.State.DEAD) {
      tally.deadLetter();
    }
    invariants.attempted(after, result, now);
    note("%s to %s: %s", after.type(), after.receiver(), result);
  }

  /// Remembers the last things that happened, when somebody wants to read them.
  void note(String text, Object... arguments) {
    if (tracing) {
      if (trace.size() == REMEMBERED) {
        trace.removeFirst();
      }
      trace.add(now + " " + text.formatted(arguments));
    }
  }

  List<String> trace() {
    return List.copyOf(trace);
  }
}
