package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.ForeignText;
import java.util.List;
import java.util.Optional;

/// Somebody pressed one of our buttons.
///
/// @param subject the id of the alert or action that the button holds
/// @param notificationId which one the message shows
/// @param userId Slack's own, which is not to be made up
/// @param userName as Slack shows it; foreign text
/// @param channel where the message is
/// @param ts the message's key
/// @param actionTs when it was pressed: the same press sent again has the same
public record Click(
    Press press,
    String subject,
    Optional<String> notificationId,
    String userId,
    String userName,
    String channel,
    String ts,
    String actionTs) {

  private static final int NAME_LENGTH = 80;

  /// How the person is recorded: the name for people, the id for certainty.
  public String who() {
    return userName.isEmpty() ? userId : userName + " (" + userId + ")";
  }

  /// From the payload of a `block_actions` interaction; empty when nothing of ours was pressed.
  static Optional<Click> read(Body payload) {
    List<Body> actions = payload.objects("actions");
    if (actions.size() != 1) {
      return Optional.empty();
    }
    Body action = actions.getFirst();
    Optional<Press> press = action.text("action_id").flatMap(Press::parse);
    Optional<String> notification = action.text("block_id").flatMap(Buttons::notificationId);
    Body user = payload.object("user");
    Optional<String> userId = user.text("id").map(text -> clean(text));
    Optional<String> subject = action.text("value");
    if (press.isEmpty() || notification.isEmpty() || userId.isEmpty() || subject.isEmpty()) {
      return Optional.empty();
    }
    Body container = payload.object("container");
    return Optional.of(
        new Click(
            press.get(),
            subject.get(),
            notification,
            userId.get(),
            clean(user.text("username").or(() -> user.text("name")).orElse("")),
            container.text("channel_id").or(() -> payload.object("channel").text("id")).orElse(""),
            container.text("message_ts").orElse(""),
            action.text("action_ts").orElse("")));
  }

  private static String clean(String text) {
    return ForeignText.forPeople(text, NAME_LENGTH);
  }
}
