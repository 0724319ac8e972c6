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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The targets of the `*FuzzTest`s under Jazzer: all of them for some seconds in every build, each
/// for `-Dfuzz.seconds=N` (a minute where nothing is said) with the `fuzz` profile. A finding is in
/// `target/fuzz`, and becomes a test of its own before it is mended.
class JazzerIT {

  private static final long SECONDS = Long.getLong("fuzz.seconds", 60);

  private static final long SHORT_SECONDS = 5;

  /// Jazzer weaves itself into every class it looks at first.
  private static final long STARTING_SECONDS = 300;

  /// Of the world's time: for an input that hangs. What is merely slow is found by [JazzerTarget].
  private static final long HANGS_SECONDS = 300;

  private static final String PLACE = "dev.spendwarden.";

  static Stream<String> targets() {
    return Stream.of(
        "fuzz.ReadersFuzzTest:policies",
        "fuzz.ReadersFuzzTest:configurations",
        "fuzz.ReadersFuzzTest:conditions",
        "fuzz.ReadersFuzzTest:summaries",
        "fuzz.ReadersFuzzTest:answers",
        "fuzz.ReadersFuzzTest:bodiesReadBack",
        "fuzz.ReadersFuzzTest:durations",
        "fuzz.ReadersFuzzTest:retryAfter",
        "fuzz.ReadersFuzzTest:testClocks",
        "sources.ionq.IonqFuzzTest:reports",
        "sources.ionq.IonqFuzzTest:usage:USER",
        "sources.anthropic.AnthropicFuzzTest:costReports",
        "sources.anthropic.AnthropicFuzzTest:usageReports",
        "sources.github.GithubFuzzTest:exports",
        "sources.github.GithubFuzzTest:records",
        "sources.github.GithubFuzzTest:sumsOfReports:DETAILED",
        "sources.github.GithubFuzzTest:sumsOfReports:AI_CREDIT",
        "sources.github.GithubFuzzTest:zippedReports",
        "sources.gcore.GcoreFuzzTest:expenses",
        "sources.gcore.GcoreFuzzTest:tasks",
        "notify.slack.SlackFuzzTest:interactions",
        "web.RequestsFuzzTest:bodies",
        "cli.DailyCsvFuzzTest:files");
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Tag("fuzz")
  void findsNothing(String target) throws Exception {
    run(target.replace(':', '-'), List.of(target), SECONDS);
  }

  /// Part of every build: all readers share one process, since a start costs more than the run.
  @Test
  void aShortRunOverAllReadersFindsNothing() throws Exception {
    run("all", targets().toList(), SHORT_SECONDS);
  }

  private static void run(String name, List<String> targets, long seconds) throws Exception {
    List<String> arguments = targets.stream().map(PLACE::concat).toList();
    Path folder = Files.createDirectories(Path.of("target", "fuzz", name));
    Path corpus = corpus(folder, JazzerTarget.seeds(JazzerTarget.openAll(arguments)));
    Path log = folder.resolve("log.txt");
    Process jazzer =
        new ProcessBuilder(command(arguments, folder, corpus, seconds))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jazzer.waitFor(seconds + STARTING_SECONDS + HANGS_SECONDS, TimeUnit.SECONDS))
          .as(name)
          .isTrue();
    } finally {
      jazzer.destroyForcibly();
    }
    String told = Files.readString(log);
    assertThat(jazzer.exitValue()).as("%s:%n%s", name, told).isZero();
    assertThat(told).contains("Done ");
    System.out.println(name + ": " + told.substring(told.lastIndexOf("Done ")).strip());
  }

  private static List<String> command(
      List<String> targets, Path folder, Path corpus, long seconds) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-XX:+EnableDynamicAgentLoading", "-Xmx1g"));
    if (seconds == SHORT_SECONDS) {
      // Mostly a start.
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + JazzerTarget.class.getName());
    command.add("--target_args=" + String.join(" ", targets));
    command.add("--instrumentation_includes=" + PLACE + "**");
    command.add("--custom_hook_includes=" + PLACE + "**");
    // Its own ideas of injection look at what the program is made to do: to open files, for one.
    command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.addAll(List.of("-max_len=16384", "-timeout=" + HANGS_SECONDS, "-rss_limit_mb=3000"));
    command.add("-max_total_time=" + seconds);
    command.add(corpus.toString());
    return command;
  }

  private static Path corpus(Path folder, List<byte[]> seeds) throws IOException {
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(corpus.resolve("seed-" + i), seeds.get(i));
    }
    return corpus;
  }
}
