package dev.spendwarden.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each target of the `*FuzzTest`s under Jazzer, for `-Dfuzz.seconds=N` (a minute where nothing is
/// said). A finding is in `target/fuzz`, and becomes a test of its own before it is mended.
@Tag("fuzz")
class JazzerIT {

  private static final long SECONDS = Long.getLong("fuzz.seconds", 60);

  /// Jazzer weaves itself into every class it looks at first.
  private static final long STARTING_SECONDS = 300;

  private static final String PLACE = "dev.spendwarden.";

  static Stream<String> targets() {
    return Stream.of(
        "fuzz.ReadersFuzzTest policies",
        "fuzz.ReadersFuzzTest configurations",
        "fuzz.ReadersFuzzTest conditions",
        "fuzz.ReadersFuzzTest summaries",
        "fuzz.ReadersFuzzTest answers",
        "fuzz.ReadersFuzzTest bodiesReadBack",
        "fuzz.ReadersFuzzTest durations",
        "fuzz.ReadersFuzzTest retryAfter",
        "sources.ionq.IonqFuzzTest reports",
        "sources.ionq.IonqFuzzTest usage USER",
        "sources.anthropic.AnthropicFuzzTest costReports",
        "sources.anthropic.AnthropicFuzzTest usageReports",
        "sources.github.GithubFuzzTest exports",
        "sources.github.GithubFuzzTest records",
        "sources.github.GithubFuzzTest sumsOfReports DETAILED",
        "sources.github.GithubFuzzTest sumsOfReports AI_CREDIT",
        "sources.github.GithubFuzzTest zippedReports",
        "sources.gcore.GcoreFuzzTest expenses",
        "sources.gcore.GcoreFuzzTest tasks",
        "notify.slack.SlackFuzzTest interactions",
        "web.RequestsFuzzTest bodies",
        "cli.DailyCsvFuzzTest files");
  }

  @ParameterizedTest
  @MethodSource("targets")
  void findsNothing(String target) throws Exception {
    String[] arguments = (PLACE + target).split(" ");
    Path folder = Files.createDirectories(Path.of("target", "fuzz", target.replace(' ', '-')));
    Path corpus = corpus(folder, JazzerTarget.open(arguments));
    Path log = folder.resolve("log.txt");
    Process jazzer =
        new ProcessBuilder(command(arguments, folder, corpus))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jazzer.waitFor(SECONDS + STARTING_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      jazzer.destroyForcibly();
    }
    String told = Files.readString(log);
    assertThat(jazzer.exitValue()).as("%s:%n%s", target, told).isZero();
    assertThat(told).contains("Done ");
    System.out.println(target + ": " + told.substring(told.lastIndexOf("Done ")).strip());
  }

  private static List<String> command(String[] arguments, Path folder, Path corpus) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-XX:+EnableDynamicAgentLoading", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + JazzerTarget.class.getName());
    command.add("--target_args=" + String.join(" ", arguments));
    command.add("--instrumentation_includes=" + PLACE + "**");
    command.add("--custom_hook_includes=" + PLACE + "**");
    // Its own ideas of injection look at what the program is made to do: to open files, for one.
    command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.addAll(List.of("-max_len=16384", "-timeout=60", "-rss_limit_mb=3000"));
    command.add("-max_total_time=" + SECONDS);
    command.add(corpus.toString());
    return command;
  }

  private static Path corpus(Path folder, Fuzz fuzz) throws IOException {
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    for (int i = 0; i < fuzz.corpus().size(); i++) {
      Files.write(corpus.resolve("seed-" + i), fuzz.corpus().get(i));
    }
    return corpus;
  }
}
