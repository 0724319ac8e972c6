package dev.spendwarden.e2e;

import dev.spendwarden.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The program as the launcher leaves it: classes in jars, SQLite's library unpacked, and a
/// start-up cache, which a hundred starts of a build then cost half as much with. The first test of
/// a build that starts a process has it made in the background; until it is there, and where it
/// cannot be made, processes start without. Nobody waits for it: the clock that a test hands to a
/// process goes on meanwhile.
final class Installed {

  /// The least work for a virtual machine that lives for seconds. A cache is of one collector.
  private static final List<String> JVM =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private static final Path FOLDER = Path.of("target", "installed");

  private static @Nullable Installed instance;

  private final String classPath;
  private final Optional<Path> cache;

  /// @param cache where it is, or will be
  private Installed(String classPath, Optional<Path> cache) {
    this.classPath = classPath;
    this.cache = cache;
  }

  static synchronized Installed get() {
    if (instance == null) {
      instance = make();
    }
    return instance;
  }

  /// `java` with all it needs in order to run the program, but for the program's arguments.
  List<String> java(List<String> options) {
    var command = new ArrayList<>(hearing());
    command.addAll(java());
    cache
        .filter(Files::exists)
        .ifPresent(there ->
            command.addAll(List.of("-XX:AOTCache=" + there, "-Xlog:aot*=off", "-Xlog:cds*=off")));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    return command;
  }

  /// What is started from a build under `nohup` would be deaf to SIGHUP: what a process ignores its
  /// children ignore, and a virtual machine then does not even register for it.
  private static List<String> hearing() {
    return isHangUpIgnored() ? List.of("env", "--default-signal=HUP") : List.of();
  }

  private static boolean isHangUpIgnored() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(ignored -> (ignored & 1) != 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> java() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    nativeLibraries()
        .ifPresent(folder -> command.add("-Dorg.sqlite.lib.path=" + folder.toAbsolutePath()));
    return command;
  }

  /// What `mvn` has unpacked for this system, if it is one of those.
  private static Optional<Path> nativeLibraries() {
    String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
    Path folder = Path.of("target", "native", "org", "sqlite", "native", "Linux", arch);
    return Optional.of(folder)
        .filter(Files::isDirectory)
        .filter(there -> System.getProperty("os.name").equals("Linux"));
  }

  private static Installed make() {
    Path classes = classes();
    if (!Files.isDirectory(classes)) {
      return new Installed(System.getProperty("java.class.path"), Optional.empty());
    }
    try {
      Files.createDirectories(FOLDER);
      // Tests run in several processes.
      try (FileChannel lock =
              FileChannel.open(
                  FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = lock.lock()) {
        return make(classes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Installed make(Path classes) throws IOException {
    Path jar = FOLDER.resolve("classes-%x.jar".formatted(newest(classes))).toAbsolutePath();
    Path cache = jar.resolveSibling(jar.getFileName() + ".aot");
    String classPath = classPath(jar);
    if (!Files.exists(jar)) {
      removeEarlier();
      pack(classes, jar);
      train(classPath, cache);
    }
    return new Installed(classPath, Optional.of(cache));
  }

  /// The jar in the place of the folder, and no other folder: a cache is of jars only.
  private static String classPath(Path jar) {
    Stream<String> libraries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"));
    return String.join(
        File.pathSeparator, Stream.concat(Stream.of(jar.toString()), libraries).toList());
  }

  /// Where this build has put the program.
  private static Path classes() {
    try {
      return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().lastModified()).max().orElse(0);
    }
  }

  /// Of former builds: each is a hundred megabytes.
  private static void removeEarlier() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("classes-")) {
          Files.delete(file);
        }
      }
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    Path half = Files.createTempFile(FOLDER, "classes", ".half");
    try (OutputStream out = Files.newOutputStream(half);
        var packed = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      packed.setLevel(0);
      for (Path file : files.skip(1).sorted().toList()) {
        // Folders too: migrations are looked for by the name of theirs.
        String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        packed.putNextEntry(new JarEntry(Files.isDirectory(file) ? name + '/' : name));
        if (Files.isRegularFile(file)) {
          Files.copy(file, packed);
        }
      }
    }
    Files.move(half, jar);
  }

  /// As the launcher does it. It ends with this virtual machine, if not before.
  private static void train(String classPath, Path cache) throws IOException {
    Path making = cache.resolveSibling(cache.getFileName() + ".making");
    var command = new ArrayList<>(java());
    command.addAll(
        List.of("-XX:AOTCacheOutput=" + making, "-cp", classPath, Main.class.getName(), "train"));
    Path said = FOLDER.resolve("training.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    process
        .onExit()
        .thenRun(() -> {
          try {
            Files.move(making, cache);
          } catch (IOException e) {
            System.out.println("no start-up cache for the processes of tests, see " + said);
          }
        });
  }
}
