package dev.spendwarden.cli;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/// The configuration and the policies that a command has in the jar, written into a folder where
/// they are read as anybody's are.
///
/// @param name of the command; the files are `spendwarden.yaml` and `policies.yaml` of the resource
///   folder of that name
/// @param folder exists; the store and all else that the configuration names goes there too
record OwnConfig(String name, Path folder) {

  /// @param places what stands for `@NAME@` in the configuration, by `NAME`; `@DATA@` is the folder
  /// @param environment what `${NAME}` is replaced from
  /// @throws IllegalStateException when the configuration is wrong, which a test would have told
  Config read(Map<String, String> places, Map<String, String> environment) throws IOException {
    Files.writeString(folder.resolve("policies.yaml"), resource("policies.yaml"));
    String text =
        resource("spendwarden.yaml").replace("@DATA@", folder.toAbsolutePath().toString());
    for (Map.Entry<String, String> place : places.entrySet()) {
      text = text.replace("@" + place.getKey() + "@", place.getValue());
    }
    Path file = Files.writeString(folder.resolve("spendwarden.yaml"), text);
    ConfigReader.Result read =
        ConfigReader.read(file.toAbsolutePath(), environment, new CelConditions());
    return read.config()
        .orElseThrow(() ->
            new IllegalStateException(
                "the configuration of %s is broken: %s".formatted(name, read.problems())));
  }

  /// Removes the folder and all that is in it.
  ///
  /// @param err where it is said that it could not be
  void remove(PrintWriter err) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      err.println("spendwarden: could not remove " + folder + ": " + e.getMessage());
    }
  }

  private String resource(String file) throws IOException {
    String path = "/dev/spendwarden/" + name + "/" + file;
    try (InputStream in = OwnConfig.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
