package dev.spendwarden.app.config;

import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads secrets: `key` from the environment or `key_file`, never both, never in plain. No message
/// shows a secret's text.
final class SecretReader {

  private final Path folder;
  private OptionalInt group = OptionalInt.empty();

  /// @param folder what relative paths of secret files are relative to
  SecretReader(Path folder) {
    this.folder = folder;
  }

  /// Lets one group read secret files, from now on.
  void allowGroup(int id) {
    group = OptionalInt.of(id);
  }

  Optional<Secret> read(YamlMapping mapping, String key) {
    return readAll(mapping, key, false).stream().findFirst();
  }

  /// As [#read(YamlMapping, String)], and a problem when neither twin is there.
  Optional<Secret> require(YamlMapping mapping, String key) {
    if (!mapping.has(key) && !mapping.has(key + "_file")) {
      mapping.problems().error(mapping.place(), "'" + key + "' or '" + key + "_file' is missing");
    }
    return read(mapping, key);
  }

  /// A secret that is being rotated may be a list of two, newest first.
  List<Secret> readRotating(YamlMapping mapping, String key) {
    return readAll(mapping, key, true);
  }

  private List<Secret> readAll(YamlMapping mapping, String key, boolean rotating) {
    Optional<YamlValue> value = mapping.find(key);
    Optional<YamlValue> file = mapping.find(key + "_file");
    if (value.isPresent() && file.isPresent()) {
      mapping
          .problems()
          .error(
              mapping.placeOf(key + "_file"),
              "'" + key + "' and '" + key + "_file' are both given; keep one");
      return List.of();
    }
    var secrets = new ArrayList<Secret>();
    for (YamlValue item : value.map(v -> items(v, rotating)).orElse(List.of())) {
      fromEnvironment(item, key).ifPresent(secrets::add);
    }
    for (YamlValue item : file.map(v -> items(v, rotating)).orElse(List.of())) {
      fromFile(item).ifPresent(secrets::add);
    }
    return secrets;
  }

  private static List<YamlValue> items(YamlValue value, boolean rotating) {
    if (!rotating) {
      return List.of(value);
    }
    List<YamlValue> items = value.oneOrMore();
    if (value.isList() && (items.isEmpty() || items.size() > 2)) {
      value.error("a secret is one value, or two while it is being rotated");
    }
    return items;
  }

  private static Optional<Secret> fromEnvironment(YamlValue value, String key) {
    Optional<String> text = value.scalar();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().isBlank()) {
      value.error("'" + key + "' is empty");
      return Optional.empty();
    }
    if (!value.isForeign()) {
      value.error(
          "'"
              + key
              + "' is written in plain; take it from the environment (${NAME}) or use '"
              + key
              + "_file'");
      return Optional.empty();
    }
    return checked(value, key, Secret.of(text.get().strip()));
  }

  private Optional<Secret> fromFile(YamlValue value) {
    return closedFile(value)
        .flatMap(secret -> checked(value, "the secret file " + secret.file(), secret));
  }

  /// A private key as PEM: many lines, and as closed to others as any secret.
  Optional<Secret> pem(YamlValue value) {
    return closedFile(value)
        .flatMap(secret -> {
          if (!holdsPem(secret.file(), "PRIVATE KEY")) {
            value.error("the file " + secret.file() + " holds no private key as PEM");
            return Optional.empty();
          }
          return Optional.<Secret>of(secret);
        });
  }

  static boolean holdsPem(Path file, String what) {
    try {
      return Files.isRegularFile(file)
          && Files.readString(file)
              .lines()
              .anyMatch(line -> line.startsWith("-----BEGIN ") && line.endsWith(what + "-----"));
    } catch (IOException e) {
      return false;
    }
  }

  /// The file of a `*_file` key, checked for who may read it.
  private Optional<Secret.InFile> closedFile(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.resolve(text.get());
    if (!Files.isRegularFile(file)) {
      value.error("no such file: " + file);
      return Optional.empty();
    }
    var secret = new Secret.InFile(file, group);
    try {
      if (secret.isOpenToOthers()) {
        value.error(secret.openToOthers());
        return Optional.empty();
      }
    } catch (IOException e) {
      value.error("cannot read the secret file " + file);
      return Optional.empty();
    }
    return Optional.of(secret);
  }

  /// A line break inside a secret would split a request's header.
  private static Optional<Secret> checked(YamlValue value, String what, Secret secret) {
    String text;
    try {
      text = secret.reveal();
    } catch (UncheckedIOException e) {
      value.error("cannot read " + what);
      return Optional.empty();
    }
    if (text.isEmpty()) {
      value.error(what + " is empty");
      return Optional.empty();
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      value.error(what + " holds more than one line, or control characters");
      return Optional.empty();
    }
    return Optional.of(secret);
  }
}
