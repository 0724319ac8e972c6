package dev.spendwarden.fuzz;

import dev.spendwarden.fuzz.Fuzz.Reader;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/// The targets of the `*FuzzTest`s for Jazzer, which makes the inputs itself and is guided by what
/// code they reach. Runs in a process of its own, started by [JazzerIT].
///
/// A target is written `class:method` or, where the method takes the constant of an enum,
/// `class:method:CONSTANT`. Of several targets in one process the first byte of an input says which
/// one reads the rest.
///
/// @param fuzz the corpus, and what counts as a refusal
public record JazzerTarget(Fuzz fuzz, Reader reader) {

  private static @Nullable JazzerTarget taken;
  private static boolean taking;
  private static List<JazzerTarget> open = List.of();
  private static boolean isWarm;

  /// Whether Jazzer makes the inputs: then the target is kept for it.
  static boolean takes(Fuzz offered, Reader itsReader) {
    if (taking) {
      taken = new JazzerTarget(offered, itsReader);
    }
    return taking;
  }

  /// Jazzer calls this first.
  ///
  /// @param targets one or more
  public static void fuzzerInitialize(String[] targets) throws Throwable {
    open = openAll(List.of(targets));
    // Classes are woven as they are loaded, which on a busy machine takes longer than any input
    // may: once before the clock runs.
    for (byte[] seed : seeds(open)) {
      fuzzerTestOneInput(seed);
    }
    isWarm = true;
  }

  /// Jazzer calls this with every input.
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    if (open.size() == 1) {
      open.getFirst().readSoon(input);
    } else if (input.length > 0) {
      byte[] rest = Arrays.copyOfRange(input, 1, input.length);
      open.get(Byte.toUnsignedInt(input[0]) % open.size()).readSoon(rest);
    }
  }

  /// By the thread's own time: Jazzer's limit counts what the neighbours on the machine take too.
  private void readSoon(byte[] input) throws Throwable {
    long start = Fuzz.ownTime();
    read(input);
    long millis = TimeUnit.NANOSECONDS.toMillis(Fuzz.ownTime() - start);
    if (isWarm && millis > Fuzz.SLOWEST_MILLIS) {
      throw new AssertionError("%s took %d ms".formatted(fuzz.name(), millis));
    }
  }

  private void read(byte[] input) throws Throwable {
    try {
      reader.read(input);
    } catch (Throwable e) {
      if (!fuzz.isRefusal(e)) {
        throw e;
      }
    }
  }

  /// What the inputs of these targets begin with: their corpora, as [#fuzzerTestOneInput] takes
  /// them.
  static List<byte[]> seeds(List<JazzerTarget> targets) {
    var seeds = new ArrayList<byte[]>();
    for (int i = 0; i < targets.size(); i++) {
      for (byte[] seed : targets.get(i).fuzz.corpus()) {
        seeds.add(targets.size() == 1 ? seed : behind((byte) i, seed));
      }
    }
    return seeds;
  }

  private static byte[] behind(byte first, byte[] rest) {
    byte[] all = new byte[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  static List<JazzerTarget> openAll(List<String> targets) throws Exception {
    var all = new ArrayList<JazzerTarget>();
    for (String target : targets) {
      all.add(open(target.split(":")));
    }
    return List.copyOf(all);
  }

  private static JazzerTarget open(String[] name) throws Exception {
    Class<?> test = Class.forName(name[0]);
    var constructor = test.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object instance = constructor.newInstance();
    for (Field field : test.getDeclaredFields()) {
      if (field.isAnnotationPresent(TempDir.class)) {
        field.setAccessible(true);
        field.set(instance, Files.createTempDirectory("jazzer"));
      }
    }
    taken = null;
    for (Method method : test.getDeclaredMethods()) {
      if (method.getName().equals(name[1])) {
        method.setAccessible(true);
        taking = true;
        try {
          if (name.length == 2) {
            method.invoke(instance);
          } else {
            method.invoke(instance, constant(method.getParameterTypes()[0], name[2]));
          }
        } finally {
          taking = false;
        }
      }
    }
    if (taken == null) {
      throw new IllegalArgumentException("no target " + String.join(":", name));
    }
    return taken;
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(name);
  }
}
