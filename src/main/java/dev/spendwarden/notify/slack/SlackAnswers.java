package dev.spendwarden.notify.slack;

import com.slack.api.methods.SlackApiException;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpAnswers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import okhttp3.Response;

/// What Slack's answers mean for a delivery. Pure.
final class SlackAnswers {

  /// Trouble on Slack's side, or too much at once. All other error words are about what we sent or
  /// may do (`invalid_auth`, `channel_not_found`, `invalid_blocks`): asking again soon does not
  /// help.
  private static final Set<String> WORTH_RETRYING =
      Set.of(
          "ratelimited",
          "rate_limited",
          "message_limit_exceeded",
          "internal_error",
          "fatal_error",
          "service_unavailable",
          "request_timeout",
          "team_added_to_org",
          "accesslimited");

  /// The message to edit is no longer there, or may no longer be edited.
  private static final Set<String> MESSAGE_LOST =
      Set.of(
          "message_not_found",
          "cant_update_message",
          "edit_window_closed",
          "thread_not_found",
          "cannot_reply_to_message");

  private SlackAnswers() {}

  static boolean isMessageLost(String error) {
    return MESSAGE_LOST.contains(error);
  }

  /// `{"ok": false, "error": …}` with status 200.
  static DeliveryResult refused(String method, String error) {
    String shown = method + ": " + error;
    return WORTH_RETRYING.contains(error)
        ? new DeliveryResult.Retry(shown, Optional.empty())
        : new DeliveryResult.Rejected(shown);
  }

  /// Another status, or a body that is not Slack's.
  static DeliveryResult failed(SlackApiException e, Instant now) {
    Response response = e.getResponse();
    if (response.isSuccessful()) {
      return malformed();
    }
    return HttpAnswers.classify(
        response.code(), Optional.ofNullable(response.header("Retry-After")), now);
  }

  /// Success, but not in Slack's words: most likely somebody else answered.
  static DeliveryResult malformed() {
    return new DeliveryResult.Retry("malformed: the answer is not Slack's", Optional.empty());
  }

  /// Whether the request arrived is not known.
  static DeliveryResult noAnswer(IOException e) {
    String reason = e instanceof InterruptedIOException ? "timeout" : "server";
    return new DeliveryResult.Retry(reason + ": " + e.getClass().getSimpleName(), Optional.empty());
  }
}
