package dev.spendwarden.notify.slack;

import com.google.gson.JsonParseException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.request.files.FilesCompleteUploadExternalRequest.FileDetails;
import com.slack.api.methods.response.apps.connections.AppsConnectionsOpenResponse;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.files.FilesGetUploadURLExternalResponse;
import com.slack.api.util.http.SlackHttpClient;
import dev.spendwarden.notify.BudgetPictures.Picture;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.ForeignText;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/// The calls of Slack's API that we make, through Slack's own synchronous client: no queue, no
/// second try, no statistics, each request bounded. Blocking, thread-safe.
final class SlackClient implements AutoCloseable {

  private final Slack slack;
  private final Supplier<String> token;

  /// @param http resolves names and refuses addresses as the deployment wants; redirects, silent
  ///   second tries and reuse of connections are switched off here. Stays the caller's to close
  /// @param token asked for in every request, so that a rotated file takes effect
  SlackClient(URI baseUrl, OkHttpClient http, Supplier<String> token, Duration timeout) {
    this.token = token;
    var config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(withSlash(baseUrl));
    config.setStatsEnabled(false);
    OkHttpClient bounded =
        http.newBuilder()
            .followRedirects(false)
            .followSslRedirects(false)
            // Retrying is the outbox's: a silent second POST would be a second message.
            .retryOnConnectionFailure(false)
            // A connection that Slack has closed meanwhile would fail the next message.
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
            .callTimeout(timeout)
            .build();
    this.slack = Slack.getInstance(config, new SlackHttpClient(bounded));
  }

  /// Several calls, the first that fails ends them.
  interface Conversation {
    DeliveryResult hold() throws IOException, SlackApiException;
  }

  /// What a conversation came to, whatever Slack's client throws.
  ///
  /// @param now against which a `Retry-After` date is read
  DeliveryResult converse(Instant now, Conversation conversation) {
    try {
      return conversation.hold();
    } catch (SlackApiException e) {
      return SlackAnswers.failed(e, now);
    } catch (IOException e) {
      return SlackAnswers.noAnswer(e);
    } catch (JsonParseException | NullPointerException e) {
      // What Slack's client throws for a 200 whose body is not JSON (a proxy's page) or empty.
      return SlackAnswers.malformed();
    }
  }

  ChatPostMessageResponse post(SlackMessage message, String channel, @Nullable String threadTs)
      throws IOException, SlackApiException {
    return methods()
        .chatPostMessage(request ->
            request
                .channel(channel)
                .threadTs(threadTs)
                .text(message.text())
                .blocksAsString(message.blocksJson())
                .parse("none")
                .linkNames(false)
                .unfurlLinks(false)
                .unfurlMedia(false));
  }

  /// @return Slack's word for what is wrong; empty when the message now reads so
  Optional<String> update(SlackMessage message, String channel, String ts)
      throws IOException, SlackApiException {
    return errorOf(
        methods()
            .chatUpdate(request ->
                request
                    .channel(channel)
                    .ts(ts)
                    .text(message.text())
                    .blocksAsString(message.blocksJson())
                    .parse("none")
                    .linkNames(false)));
  }

  /// Tells one person something in a channel that nobody else sees.
  ///
  /// @param text mrkdwn, escaped
  Optional<String> whisper(String channel, String user, String text)
      throws IOException, SlackApiException {
    return errorOf(
        methods()
            .chatPostEphemeral(request ->
                request.channel(channel).user(user).text(text).parse("none").linkNames(false)));
  }

  /// Where a file's bytes may be sent, and its id.
  FilesGetUploadURLExternalResponse announce(Picture picture, String name)
      throws IOException, SlackApiException {
    return methods()
        .filesGetUploadURLExternal(request ->
            request
                .filename(name)
                .length(picture.png().length)
                .altTxt(ForeignText.forPeople(picture.description(), 500)));
  }

  /// Shows a file whose bytes were sent in a thread.
  Optional<String> share(String fileId, Picture picture, String channel, String threadTs)
      throws IOException, SlackApiException {
    var file = FileDetails.builder().id(fileId).title(ForeignText.forPeople(picture.title(), 100));
    return errorOf(
        methods()
            .filesCompleteUploadExternal(request ->
                request.files(List.of(file.build())).channelId(channel).threadTs(threadTs)));
  }

  /// The address of a new Socket Mode connection; asks with the app's token instead of the bot's.
  AppsConnectionsOpenResponse openConnection() throws IOException, SlackApiException {
    return methods().appsConnectionsOpen(request -> request);
  }

  private MethodsClient methods() {
    return slack.methods(token.get());
  }

  static Optional<String> errorOf(SlackApiTextResponse answer) {
    if (answer.isOk()) {
      return Optional.empty();
    }
    @Nullable String error = answer.getError();
    return Optional.of(error == null ? "unknown_error" : error);
  }

  private static String withSlash(URI url) {
    String text = url.toString();
    return text.endsWith("/") ? text : text + "/";
  }

  @Override
  public void close() {
    try {
      slack.close();
    } catch (Exception e) {
      throw new IllegalStateException("Slack's client could not be closed", e);
    }
  }
}
