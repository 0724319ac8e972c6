package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.LastTold;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import dev.spendwarden.notify.slack.SlackMessage.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The messages as they are sent, one file each. Run with `-Dgolden.write=true` in the project's
/// folder to rewrite them, then read the difference.
class SlackMessageGoldenTest {

  private static final String FOLDER = "/dev/spendwarden/notify/slack/";

  private static final Optional<LastTold> FIRED =
      Optional.of(LastTold.of(Body.of(NotifyFixtures.scene().notification())));

  private static final View WITH_BUTTONS =
      new View(
          FIRED,
          new AlertNotes.Note(Optional.of("ada (U0ADA)"), Optional.empty()),
          true,
          Optional.empty());

  private static final View DECIDED =
      new View(
          Optional.empty(), AlertNotes.Note.NONE, true, Optional.of("Approved by ada (U0ADA)"));

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
        new Row("escalated.txt", SlackMessage.of(escalated, WITH_BUTTONS)),
        new Row("escalated-change.txt", SlackMessage.change(escalated, FIRED)),
        new Row("resolved.txt", SlackMessage.of(resolved)),
        new Row("resolved-change.txt", SlackMessage.change(resolved, FIRED)),
        new Row("drill.txt", SlackMessage.of(NotifyFixtures.drill())),
        new Row("group.txt", SlackMessage.of(NotifyFixtures.group())),
        new Row("action.txt", SlackMessage.of(NotifyFixtures.action())),
        new Row("action-waiting.txt", SlackMessage.of(NotifyFixtures.action(), WITH_BUTTONS)),
        new Row("action-decided.txt", SlackMessage.of(NotifyFixtures.action(), DECIDED)));
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
