package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The messages as they are sent, one file each. Run with `-Dgolden.write=true` in the project's
/// folder to rewrite them, then read the difference.
class SlackMessageGoldenTest {

  private static final String FOLDER = "/dev/spendwarden/notify/slack/";

  record Row(String file, SlackMessage message) {
    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Row> messages() {
    Notification escalated = NotifyFixtures.scene().escalated().notification();
    Notification resolved = NotifyFixtures.scene().resolved().notification();
    return Stream.of(
        new Row("fired.txt", SlackMessage.of(NotifyFixtures.scene().notification())),
        new Row("escalated.txt", SlackMessage.of(escalated)),
        new Row("escalated-change.txt", SlackMessage.change(escalated)),
        new Row("resolved.txt", SlackMessage.of(resolved)),
        new Row("resolved-change.txt", SlackMessage.change(resolved)),
        new Row("drill.txt", SlackMessage.of(NotifyFixtures.drill())),
        new Row("action.txt", SlackMessage.of(NotifyFixtures.action())));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void readsAsReviewed(Row row) throws IOException {
    String actual =
        row.message().text() + "\n" + row.message().blocksJson().replace("},{", "},\n{") + "\n";
    if (Boolean.getBoolean("golden.write")) {
      Path file = Path.of("src/test/resources" + FOLDER + row.file());
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual);
    }
    try (InputStream golden = getClass().getResourceAsStream(FOLDER + row.file())) {
      assertThat(golden).as("golden file " + row.file()).isNotNull();
      assertThat(actual).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
