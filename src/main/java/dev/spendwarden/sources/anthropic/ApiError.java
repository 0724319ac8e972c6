package dev.spendwarden.sources.anthropic;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.HttpStatus;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an answer other than 200 says. The words Anthropic gives errors are shown, its messages are
/// not: they may repeat what was sent.
final class ApiError {

  private static final Pattern WORD = Pattern.compile("[a-z0-9_]{1,64}");
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private ApiError() {}

  /// The failure an answer stands for; empty for 200.
  static Optional<PollResult.Failed> of(Answer.Ok answer, Instant now) {
    Optional<FailureReason> reason = HttpStatus.classify(answer.status(), answer.headers());
    if (reason.isEmpty()) {
      return answer.status() == 200
          ? Optional.empty()
          : Optional.of(
              new PollResult.Failed(
                  FailureReason.MALFORMED,
                  "status " + answer.status() + " where a report was expected",
                  Optional.empty()));
    }
    return Optional.of(
        new PollResult.Failed(
            reason.get(),
            "status " + answer.status() + words(answer) + hint(answer.status(), reason.get()),
            HttpStatus.retryAfter(answer.headers(), now, HttpStatus.LONGEST_WAIT)));
  }

  /// ` permission_error (not_enabled), request req_…`, as far as it is there.
  private static String words(Answer.Ok answer) {
    String words = "";
    try {
      JsonField error = JsonReader.read(answer.body()).field("error");
      words = word(error.field("type")).map(type -> " " + type).orElse("");
      JsonField details = error.field("details");
      if (!details.isMissing()) {
        words += word(details.field("error_code")).map(code -> " (" + code + ")").orElse("");
      }
    } catch (MalformedAnswer e) {
      // A page of some proxy: the status is all there is.
    }
    return words
        + answer
            .headers()
            .first("request-id")
            .filter(id -> REQUEST_ID.matcher(id).matches())
            .map(id -> ", request " + id)
            .orElse("");
  }

  private static Optional<String> word(JsonField field) throws MalformedAnswer {
    return field.optionalText().filter(text -> WORD.matcher(text).matches());
  }

  private static String hint(int status, FailureReason reason) {
    return switch (reason) {
      case AUTH ->
          ": the reports need an admin key (sk-ant-admin…); keys for the models are refused";
      case REFUSED -> ": redirects are not followed, check base_url";
      case CLIENT ->
          status == 404 ? ": check base_url; accounts of individuals have no Admin API" : "";
      case RATE_LIMITED, SERVER, TIMEOUT, MALFORMED, TOO_LARGE, PARTIAL -> "";
    };
  }
}
