package dev.spendwarden.metrics;

import com.sun.management.OperatingSystemMXBean;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The meters of the process, by what happened. Owns the registry; label values that the
/// configuration names start at zero ([#know]). Thread-safe.
public final class Meters implements AutoCloseable {

  /// From a fast loopback receiver to a receiver that was down for a night.
  private static final Duration[] DELAYS = {
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofMinutes(5),
    Duration.ofHours(1),
    Duration.ofHours(12)
  };

  private static final Duration[] EVALUATIONS = {
    Duration.ofMillis(1),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Map<String, AtomicLong> pending = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> dead = new ConcurrentHashMap<>();
  private final Timer evaluations;
  private final Counter seriesDropped;
  private final AtomicLong reloadSuccessful;
  private final AtomicLong testClock;
  private final AtomicLong enforcement;

  /// @param version of this build, as `spendwarden --version` shows it
  public Meters(String version) {
    keepToPlainNames();
    evaluations =
        Timer.builder("spendwarden.evaluation.duration")
            .description("Time from a reading or tick to the new snapshot.")
            .serviceLevelObjectives(EVALUATIONS)
            .register(registry);
    seriesDropped =
        Counter.builder("spendwarden.series.dropped")
            .description("Budget series summed under other, because of max_series_per_policy.")
            .register(registry);
    reloadSuccessful =
        flag(
            "spendwarden.config.last.reload.successful",
            "Whether the last attempt to load the configuration worked.",
            true);
    testClock = flag("spendwarden.test.clock", "1 while time is turned by --test-clock.", false);
    enforcement =
        flag("spendwarden.enforcement.enabled", "0 after the kill switch: no action runs.", true);
    // Not through Micrometer, which takes the suffix _info away from a gauge.
    Info.builder()
        .name("spendwarden_build_info")
        .help("The running build.")
        .labelNames("version", "java_version")
        .register(registry.getPrometheusRegistry())
        .setLabelValues(version, Runtime.version().toString());
    bindProcess();
  }

  private void bindProcess() {
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    bindProcessor();
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /// Two of Micrometer's names are not Prometheus', of which `promtool check metrics` complains:
  /// the one has a name that every Prometheus client gives it, the other is of this program's
  /// making. Before any meter is registered.
  private void keepToPlainNames() {
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
              }
            });
  }

  private void bindProcessor() {
    new ProcessorMetrics().bindTo(registry);
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    FunctionCounter.builder("process.cpu", system, known -> known.getProcessCpuTime() / 1e9)
        .baseUnit("seconds")
        .description("Processor time that the process has taken.")
        .register(registry);
  }

  /// For Vert.x' own meters and for tests. Closed by [#close()].
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /// Makes every series of the configured sources and receivers present, at zero, and forgets those
  /// of names that are no longer configured. Called at start and after each reload.
  public void know(Collection<String> sources, Collection<String> receivers) {
    forget("source", new HashSet<>(sources));
    forget("receiver", new HashSet<>(receivers));
    pending.keySet().retainAll(Set.copyOf(receivers));
    dead.keySet().retainAll(Set.copyOf(receivers));
    for (String source : sources) {
      pollOutcomes().forEach(outcome -> polls(source, outcome));
      pollDuration(source);
    }
    for (String receiver : receivers) {
      notifications(receiver);
      List.of("delivered", "retry", "rejected", "gone")
          .forEach(outcome -> attempts(receiver, outcome));
      delay(receiver);
      pendingOf(receiver);
      deadOf(receiver);
    }
  }

  public void polled(String source, PollResult result, Duration took) {
    polls(source, outcome(result)).increment();
    pollDuration(source).record(took);
  }

  /// A notification was put into the outbox.
  public void notified(String receiver) {
    notifications(receiver).increment();
  }

  public void attempted(String receiver, DeliveryResult result) {
    attempts(receiver, outcome(result)).increment();
  }

  /// @param delay from the commit of the notification to the answer that accepted it
  public void delivered(String receiver, Duration delay) {
    delay(receiver).record(delay);
  }

  /// Sets the backlog of every receiver; one that is not among the counts has none.
  public void backlog(List<Outbox.Counts> counts) {
    Set<String> counted = new HashSet<>();
    for (Outbox.Counts count : counts) {
      counted.add(count.receiver());
      pendingOf(count.receiver()).set(count.pending());
      deadOf(count.receiver()).set(count.dead());
    }
    pending.forEach((receiver, value) -> clearUnless(counted.contains(receiver), value));
    dead.forEach((receiver, value) -> clearUnless(counted.contains(receiver), value));
  }

  public void evaluated(Duration took) {
    evaluations.record(took);
  }

  public void reloaded(boolean successfully) {
    reloadSuccessful.set(successfully ? 1 : 0);
  }

  public void testClock(boolean turned) {
    testClock.set(turned ? 1 : 0);
  }

  public void enforcementEnabled(boolean enabled) {
    enforcement.set(enabled ? 1 : 0);
  }

  /// Makes the series of a configured action present, at zero.
  public void knowAction(String action, String mode, Collection<String> outcomes) {
    outcomes.forEach(outcome -> actions(action, mode, outcome));
  }

  /// @param action the configured name
  public void acted(String action, String mode, String outcome) {
    actions(action, mode, outcome).increment();
  }

  private Counter actions(String action, String mode, String outcome) {
    return Counter.builder("spendwarden.actions")
        .description("Actions by how they ended.")
        .tags("action", action, "mode", mode, "outcome", outcome)
        .register(registry);
  }

  public void seriesDropped(long series) {
    seriesDropped.increment(series);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private static List<String> pollOutcomes() {
    var words = new ArrayList<>(List.of("success", "waiting"));
    for (FailureReason reason : FailureReason.values()) {
      words.add(reason.word());
    }
    return words;
  }

  private static String outcome(PollResult result) {
    return switch (result) {
      case PollResult.Complete _ -> "success";
      case PollResult.Waiting _ -> "waiting";
      case PollResult.Failed failed -> failed.reason().word();
    };
  }

  private static String outcome(DeliveryResult result) {
    return switch (result) {
      case DeliveryResult.Delivered _ -> "delivered";
      case DeliveryResult.Retry _ -> "retry";
      case DeliveryResult.Rejected _ -> "rejected";
      case DeliveryResult.Gone _ -> "gone";
    };
  }

  private Counter polls(String source, String outcome) {
    return Counter.builder("spendwarden.source.polls")
        .description("Polls of a source by outcome.")
        .tags("source", source, "outcome", outcome)
        .register(registry);
  }

  private Timer pollDuration(String source) {
    return Timer.builder("spendwarden.source.poll.duration")
        .description("Time that a poll took, its pages and retries included.")
        .tag("source", source)
        .register(registry);
  }

  private Counter notifications(String receiver) {
    return Counter.builder("spendwarden.notifications")
        .description("Notifications put into the outbox.")
        .tag("receiver", receiver)
        .register(registry);
  }

  private Counter attempts(String receiver, String outcome) {
    return Counter.builder("spendwarden.notification.attempts")
        .description("Attempts to deliver a notification by outcome.")
        .tags("receiver", receiver, "outcome", outcome)
        .register(registry);
  }

  private Timer delay(String receiver) {
    return Timer.builder("spendwarden.notification.delay")
        .description("Time from a notification's commit to its delivery.")
        .serviceLevelObjectives(DELAYS)
        .tag("receiver", receiver)
        .register(registry);
  }

  private AtomicLong pendingOf(String receiver) {
    return pending.computeIfAbsent(
        receiver,
        name ->
            gauge("spendwarden.outbox.pending", "Notifications waiting to be delivered.", name));
  }

  private AtomicLong deadOf(String receiver) {
    return dead.computeIfAbsent(
        receiver,
        name -> gauge("spendwarden.dead.letters", "Notifications that were given up.", name));
  }

  private AtomicLong gauge(String name, String description, String receiver) {
    var value = new AtomicLong();
    Gauge.builder(name, value, AtomicLong::get)
        .description(description)
        .tag("receiver", receiver)
        .strongReference(true)
        .register(registry);
    return value;
  }

  private AtomicLong flag(String name, String description, boolean set) {
    var value = new AtomicLong(set ? 1 : 0);
    Gauge.builder(name, value, AtomicLong::get)
        .description(description)
        .strongReference(true)
        .register(registry);
    return value;
  }

  private static void clearUnless(boolean counted, AtomicLong value) {
    if (!counted) {
      value.set(0);
    }
  }

  private void forget(String tag, Set<String> known) {
    for (Meter meter : registry.getMeters()) {
      String value = meter.getId().getTag(tag);
      boolean ours = meter.getId().getName().startsWith("spendwarden.");
      if (ours && value != null && !known.contains(value)) {
        registry.remove(meter);
      }
    }
  }
}
