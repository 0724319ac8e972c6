package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the pages name is there.
class NamedThingsTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/spendwarden");
  private static final Pattern FILE = Pattern.compile("`((?:[a-z]+/)+[A-Z]\\w+)`");
  private static final Pattern IN_CODE = Pattern.compile("`([^`]+)`");

  /// A newcomer looks for the room of a change there: a wrong name costs an hour.
  @Test
  void everyFileOfTheArchitectureIsThere() throws IOException {
    String text = Files.readString(Path.of("ARCHITECTURE.md"));
    var missing = new ArrayList<String>();
    int found = 0;
    Matcher file = FILE.matcher(text);
    while (file.find()) {
      found++;
      boolean tests =
          Files.exists(Path.of("src/test/java/dev/spendwarden", file.group(1) + ".java"));
      if (!tests && !Files.exists(SOURCES.resolve(file.group(1) + ".java"))) {
        missing.add(file.group(1));
      }
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(25);
    Matcher path = IN_CODE.matcher(text);
    while (path.find()) {
      boolean isClass = FILE.matcher(path.group()).matches();
      if (!isClass && path.group(1).matches("(src|docs)/.*")) {
        assertThat(Path.of(path.group(1))).exists();
      }
    }
  }
}
