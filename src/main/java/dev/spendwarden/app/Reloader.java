package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigDifference;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads the configuration again: by HTTP, by SIGHUP, or because a file changed. A file with
/// problems is refused whole and the configuration in force stays; reading it again once it is
/// mended is enough. Thread-safe.
final class Reloader {

  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

  private final Path file;
  private final Map<String, String> environment;
  private final Supplier<Config> former;
  private final Consumer<Config> inForce;
  private final Consumer<Boolean> outcome;

  private Map<Path, FileState> seen = Map.of();

  /// What a reload came to.
  sealed interface Outcome {

    /// @param changes a line each; empty when nothing is different
    record InForce(List<String> changes) implements Outcome {}

    /// @param errors for which the file was refused; the former configuration stays
    record Refused(List<String> errors) implements Outcome {}
  }

  /// What tells that a file was changed.
  private record FileState(long modifiedMillis, long size) {
    static final FileState ABSENT = new FileState(0, -1);
  }

  /// @param former the configuration in force
  /// @param inForce puts a checked configuration in force
  /// @param outcome hears whether a reload worked
  Reloader(
      Path file,
      Map<String, String> environment,
      Supplier<Config> former,
      Consumer<Config> inForce,
      Consumer<Boolean> outcome) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.former = former;
    this.inForce = inForce;
    this.outcome = outcome;
    this.seen = states(read().policyFiles());
  }

  synchronized Outcome reload() {
    ConfigReader.Result read = read();
    seen = states(read.policyFiles());
    List<String> errors =
        read.problems().stream().filter(Problem::isError).map(Problem::toString).toList();
    if (read.config().isEmpty()) {
      LOG.warn(
          "configuration_refused problems={} first={}: the former one stays in force",
          errors.size(),
          errors.isEmpty() ? "" : errors.getFirst());
      outcome.accept(false);
      return new Outcome.Refused(errors);
    }
    List<String> changes = ConfigDifference.between(former.get(), read.config().get());
    changes.forEach(change -> LOG.info("configuration_change {}", change));
    inForce.accept(read.config().get());
    outcome.accept(true);
    return new Outcome.InForce(changes);
  }

  /// Reloads when the configuration or one of its policy files has changed since it was last read.
  synchronized void reloadIfChanged() {
    var policyFiles = new ArrayList<>(seen.keySet());
    policyFiles.remove(file);
    // A file added to a policy folder is only seen by reading the globs again.
    boolean changed =
        !states(policyFiles).equals(seen) || !states(read().policyFiles()).equals(seen);
    if (changed) {
      LOG.info("configuration_changed file={}", file);
      var _ = reload();
    }
  }

  private ConfigReader.Result read() {
    return ConfigReader.read(file, environment, new CelConditions());
  }

  private Map<Path, FileState> states(List<Path> policyFiles) {
    var states = new HashMap<Path, FileState>();
    states.put(file, state(file));
    policyFiles.forEach(path -> states.put(path, state(path)));
    return states;
  }

  private static FileState state(Path path) {
    try {
      return new FileState(Files.getLastModifiedTime(path).toMillis(), Files.size(path));
    } catch (IOException e) {
      return FileState.ABSENT;
    }
  }
}
