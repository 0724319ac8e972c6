package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.slack.Blocks.Button;
import dev.spendwarden.notify.slack.Blocks.Button.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The buttons below a message: which there are depends on what can still be done. A button holds
/// an opaque id and no more; what it means is decided when it is pressed. Pure.
final class Buttons {

  private static final String BLOCK = "spendwarden:";

  private Buttons() {}

  /// Told back with a press: which notification the message shows.
  static String blockId(Notification notification) {
    return BLOCK + notification.id();
  }

  /// The id of the notification; empty for a block that is not ours.
  static Optional<String> notificationId(String blockId) {
    return blockId.startsWith(BLOCK)
        ? Optional.of(blockId.substring(BLOCK.length()))
        : Optional.empty();
  }

  static List<Button> ofAlert(Body alert, AlertNotes.Note note) {
    var buttons = new ArrayList<Button>();
    Optional<String> id = alert.text("id");
    if (id.isEmpty() || SlackMessage.isResolved(alert)) {
      return buttons;
    }
    if (note.ackedBy().isEmpty()) {
      buttons.add(new Button(Press.ACK.word(), "Acknowledge", id.get(), Style.PRIMARY, ""));
    }
    if (note.quietUntil().isEmpty()) {
      for (Press press : List.of(Press.SILENCE_HOUR, Press.SILENCE_DAY)) {
        buttons.add(new Button(press.word(), press.label(), id.get(), Style.PLAIN, ""));
      }
    }
    return buttons;
  }

  /// One that waits can be approved or rejected; one that was announced can still be stopped.
  static List<Button> ofAction(Body action) {
    Optional<String> id = action.text("id");
    String state = action.text("state").orElse("");
    var buttons = new ArrayList<Button>();
    if (id.isEmpty()) {
      return buttons;
    }
    if (state.equals("waiting")) {
      buttons.add(
          new Button(
              Press.APPROVE.word(),
              Press.APPROVE.label(),
              id.get(),
              Style.PRIMARY,
              "The action then runs with the targets shown here."));
    }
    if (state.equals("waiting") || state.equals("planned")) {
      buttons.add(
          new Button(Press.REJECT.word(), Press.REJECT.label(), id.get(), Style.DANGER, ""));
    }
    return buttons;
  }
}
