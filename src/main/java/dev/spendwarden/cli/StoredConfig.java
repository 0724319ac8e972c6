package dev.spendwarden.cli;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// A configuration and the store it names, opened to be looked at: what several commands begin
/// with.
final class StoredConfig {

  private StoredConfig() {}

  /// Hands configuration and store to `work`; problems with either are printed.
  ///
  /// @return the exit status
  static int open(CommandSpec spec, Path file, BiFunction<Config, Database, Integer> work) {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "no such configuration file: " + file);
    }
    ConfigReader.Result read =
        ConfigReader.read(file.toAbsolutePath(), System.getenv(), new CelConditions());
    var err = spec.commandLine().getErr();
    read.problems().stream()
        .filter(problem -> read.config().isEmpty() || !problem.isError())
        .map(Problem::toString)
        .forEach(err::println);
    Optional<Config> config = read.config();
    if (config.isEmpty()) {
      return Main.PROBLEMS;
    }
    try (Database database = config.get().storage().address().openReadOnly()) {
      return work.apply(config.get(), database);
    } catch (StoreException e) {
      err.println("spendwarden: " + e.getMessage());
      return Main.PROBLEMS;
    }
  }

  /// An instant of the command line: RFC 3339, or a date, which is its first instant in UTC.
  static Instant instant(CommandSpec spec, String option, String text) {
    try {
      return Instant.parse(text.length() == "2027-01-01".length() ? text + "T00:00:00Z" : text);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": expected an instant such as 2027-01-20T09:00:00Z or a date, not " + text,
          e);
    }
  }
}
