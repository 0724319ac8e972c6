package dev.spendwarden.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Mutates a corpus and feeds a reader with it. A reader may accept or refuse, in its own way and
/// soon; anything else is a finding, which is kept in `target/fuzz` to be added to the corpus.
///
/// @param refusals the exceptions by which the reader refuses
public record Fuzz(String name, List<byte[]> corpus, List<Class<? extends Exception>> refusals) {

  /// Inputs of a run that is part of a build.
  private static final int REGRESSION_INPUTS = 400;

  private static final int LONGEST_INPUT = 16 * 1024;

  /// Of the thread's own time, since a build machine is busy. Generous: the first inputs load
  /// classes, and a parser that hangs takes minutes.
  static final long SLOWEST_MILLIS = 5_000;

  private static final List<String> TOKENS =
      List.of(
          "1e999999999",
          "-1e-999999999",
          "1E+2147483648",
          "0x7fffffffffffffff",
          "NaN",
          "Infinity",
          "9".repeat(400),
          "-0",
          "00",
          ".",
          "-",
          "null",
          "true",
          "~",
          "{",
          "}",
          "[",
          "]",
          "[[[[[[[[",
          "((((((((",
          "!!!!!!!!",
          "{\"a\":",
          "\"",
          "'",
          "\\",
          "\\u0000",
          "\\ud800",
          "\u0000",
          "\uFEFF",
          "\u202E",
          "\r",
          "\n",
          "\r\n",
          "\t",
          ",",
          ",,,,,,,,",
          ";",
          ":",
          ": ",
          "- ",
          "---\n",
          "...",
          "&a",
          "*a",
          "<<: *a",
          "!!java.net.URL",
          "!!binary",
          "|",
          ">",
          "%",
          "#",
          "${",
          "${NAME}",
          "${a:-${b}}",
          "}}",
          "{{",
          "&&",
          "||",
          "==",
          "+",
          "*",
          "/",
          "0.0",
          "1.0/0.0",
          "burn('1h')",
          "burn('",
          "labels.",
          "labels['user']",
          "x".repeat(300),
          "P1Y",
          "9999999w",
          "1ms1ms",
          "-1d",
          "2027-02-30",
          "+999999999-12-31T23:59:59Z",
          "-999999999-01-01T00:00:00Z",
          "é",
          "\uD83D\uDE00");

  @FunctionalInterface
  public interface Reader {
    void read(byte[] input) throws Exception;
  }

  public static Fuzz ofTexts(String name, List<String> corpus) {
    return new Fuzz(
        name,
        corpus.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(),
        List.of());
  }

  /// All files below a folder of the test resources.
  public static Fuzz ofFiles(String name, String folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources", folder))) {
      var corpus =
          files.filter(file -> file.toString().endsWith(suffix)).sorted().map(Fuzz::bytes).toList();
      return new Fuzz(name, corpus, List.of());
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SafeVarargs
  public final Fuzz refusing(Class<? extends Exception>... by) {
    return new Fuzz(name, corpus, List.of(by));
  }

  public void run(Reader reader) throws IOException {
    if (JazzerTarget.takes(this, reader)) {
      return;
    }
    long seconds = Long.getLong("fuzz.seconds", 0);
    long seed = Long.getLong("fuzz.seed", seconds == 0 ? 1 : System.nanoTime());
    var random = new Random(seed);
    System.out.printf("fuzz %s: seed %d%n", name, seed);
    for (byte[] input : corpus) {
      feed(reader, input, seed);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (int i = 0; seconds == 0 ? i < REGRESSION_INPUTS : System.nanoTime() < end; i++) {
      feed(reader, mutated(random), seed);
    }
  }

  private void feed(Reader reader, byte[] input, long seed) throws IOException {
    long start = ownTime();
    String finding = "";
    Throwable cause = null;
    try {
      reader.read(input);
    } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
      if (!isRefusal(e)) {
        finding = e.toString();
        cause = e;
      }
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(ownTime() - start);
    if (finding.isEmpty() && millis > SLOWEST_MILLIS) {
      finding = "took " + millis + " ms";
    }
    if (!finding.isEmpty()) {
      Path kept =
          Path.of("target", "fuzz", name + "-" + Integer.toHexString(Arrays.hashCode(input)));
      Files.createDirectories(kept.getParent());
      Files.write(kept, input);
      throw new AssertionError(
          "%s, seed %d: %s; the input is in %s".formatted(name, seed, finding, kept), cause);
    }
  }

  boolean isRefusal(Throwable thrown) {
    return refusals.stream().anyMatch(refusal -> refusal.isInstance(thrown));
  }

  static long ownTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private byte[] mutated(Random random) {
    byte[] bytes = pick(random);
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes && bytes.length < LONGEST_INPUT; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private byte[] pick(Random random) {
    return corpus.get(random.nextInt(corpus.size())).clone();
  }

  private byte[] changed(byte[] bytes, Random random) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(40));
    byte[] token = TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    return switch (random.nextInt(7)) {
      case 0 -> spliced(bytes, from, from, token);
      case 1 -> spliced(bytes, from, to, token);
      case 2 -> spliced(bytes, from, to, new byte[0]);
      case 3 -> spliced(bytes, from, from, repeated(Arrays.copyOfRange(bytes, from, to), random));
      case 4 -> Arrays.copyOf(bytes, from);
      case 5 -> {
        byte[] other = pick(random);
        int cut = random.nextInt(other.length + 1);
        yield spliced(bytes, from, bytes.length, Arrays.copyOfRange(other, cut, other.length));
      }
      default -> {
        if (from < bytes.length) {
          bytes[from] ^= (byte) (1 << random.nextInt(8));
        }
        yield bytes;
      }
    };
  }

  private static byte[] repeated(byte[] part, Random random) {
    byte[] all = new byte[part.length * (1 + random.nextInt(64))];
    for (int i = 0; i < all.length; i++) {
      all[i] = part[i % part.length];
    }
    return all;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] all = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, all, 0, from);
    System.arraycopy(middle, 0, all, from, middle.length);
    System.arraycopy(bytes, to, all, from + middle.length, bytes.length - to);
    return all;
  }
}
