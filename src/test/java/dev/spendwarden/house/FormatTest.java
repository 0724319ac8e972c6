package dev.spendwarden.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every Java file is as google-java-format leaves it, so that no review is about white space. With
/// `-Dformat.write=true` the test rewrites what it would complain of.
class FormatTest {

  @Test
  void everyFileIsFormatted() throws Exception {
    var formatter =
        new Formatter(
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());
    var unformatted = new ArrayList<Path>();
    for (Path file : javaFiles()) {
      String source = Files.readString(file);
      String formatted = formatter.formatSourceAndFixImports(source);
      if (!formatted.equals(source)) {
        unformatted.add(file);
        if (Boolean.getBoolean("format.write")) {
          Files.writeString(file, formatted);
        }
      }
    }
    assertThat(unformatted)
        .as("not formatted; mvn -B test -Dtest=FormatTest -Dformat.write=true rewrites them")
        .isEmpty();
  }

  private static List<Path> javaFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
