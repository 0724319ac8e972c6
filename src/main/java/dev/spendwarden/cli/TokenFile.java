package dev.spendwarden.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The option that names the file with a daemon's token. There is none for the token itself: other
/// users of the machine can read a command line.
final class TokenFile {

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Holds the token that the daemon asks for (its server.token_file; for what only reads,"
              + " server.read_token_file does).")
  private @Nullable Path file;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /// The value of the header `Authorization`; empty: no file was named.
  Optional<String> authorization() {
    if (file == null) {
      return Optional.empty();
    }
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "cannot read the token file " + file);
    }
    // A line break would be refused by the HTTP client with a message that shows the token.
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new ParameterException(
          spec.commandLine(), "the token file " + file + " must hold one line of printable ASCII");
    }
    return Optional.of("Bearer " + token);
  }
}
