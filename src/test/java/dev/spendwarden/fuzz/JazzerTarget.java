package dev.spendwarden.fuzz;

import dev.spendwarden.fuzz.Fuzz.Reader;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/// The targets of the `*FuzzTest`s for Jazzer, which makes the inputs itself and is guided by what
/// code they reach. Runs in a process of its own, started by [JazzerIT].
public final class JazzerTarget {

  private static boolean taking;
  private static @Nullable Fuzz fuzz;
  private static @Nullable Reader reader;

  private JazzerTarget() {}

  /// Whether Jazzer makes the inputs: then the target is kept for it.
  static boolean takes(Fuzz offered, Reader itsReader) {
    if (taking) {
      fuzz = offered;
      reader = itsReader;
    }
    return taking;
  }

  /// Jazzer calls this first.
  ///
  /// @param arguments class, method and, where the method takes one, the constant of an enum
  public static void fuzzerInitialize(String[] arguments) throws Exception {
    var _ = open(arguments);
  }

  /// Jazzer calls this with every input.
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    try {
      reader.read(input);
    } catch (Throwable e) {
      if (!fuzz.isRefusal(e)) {
        throw e;
      }
    }
  }

  /// The target of a test's method.
  static Fuzz open(String[] arguments) throws Exception {
    Class<?> test = Class.forName(arguments[0]);
    var constructor = test.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object instance = constructor.newInstance();
    for (Field field : test.getDeclaredFields()) {
      if (field.isAnnotationPresent(TempDir.class)) {
        field.setAccessible(true);
        field.set(instance, Files.createTempDirectory("jazzer"));
      }
    }
    for (Method method : test.getDeclaredMethods()) {
      if (method.getName().equals(arguments[1])) {
        method.setAccessible(true);
        taking = true;
        try {
          if (arguments.length == 2) {
            method.invoke(instance);
          } else {
            method.invoke(instance, constant(method.getParameterTypes()[0], arguments[2]));
          }
        } finally {
          taking = false;
        }
      }
    }
    if (fuzz == null) {
      throw new IllegalArgumentException("no target " + String.join(" ", arguments));
    }
    return fuzz;
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
