package dev.spendwarden.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The one table of all figures of a run, `target/bench.md`. Written anew with each figure, so that
/// those that were measured are there whatever happens to the rest; `mvn -Pbench verify` ends by
/// showing it. Benchmarks run in one process.
public final class BenchTable {

  private static final Path FILE = Path.of("target", "bench.md");

  private static final String HEAD =
      """
      | What | Spendwarden | Beside it, same run | Times better | Target | Met |
      |---|--:|--:|--:|---|---|
      """;

  private static final List<Figure> FIGURES = new ArrayList<>();

  private BenchTable() {}

  public static synchronized void add(Figure figure) {
    FIGURES.add(figure);
    System.out.println(figure.row());
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, of(FIGURES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String of(List<Figure> figures) {
    var table = new StringBuilder(HEAD);
    figures.forEach(figure -> table.append(figure.row()).append('\n'));
    return table.toString();
  }
}
