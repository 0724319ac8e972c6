package dev.spendwarden.notify.slack;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.gson.JsonParseException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.chat.ChatUpdateResponse;
import com.slack.api.util.http.SlackHttpClient;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/// Slack with a bot token: one message for each alert, edited as the alert changes, each change
/// also a reply in its thread. Where the message is (channel id and ts) is this notifier's memory
/// of the alert. A message that was deleted meanwhile is posted anew.
///
/// An edit may be made twice without harm, so when the reply after it fails, the next attempt
/// simply does both again: nothing is shown twice that Slack did not take twice.
public final class SlackNotifier implements Notifier {

  private final Settings settings;
  private final Slack slack;
  private final InstantSource clock;

  /// @param http resolves names and refuses addresses as the deployment wants; redirects, silent
  ///   second tries and reuse of connections are switched off here, and each request is bounded by
  ///   the timeout. Stays the caller's to close
  public SlackNotifier(Settings settings, OkHttpClient http, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    var config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(withSlash(settings.baseUrl()));
    config.setStatsEnabled(false);
    OkHttpClient bounded =
        http.newBuilder()
            .followRedirects(false)
            .followSslRedirects(false)
            // Retrying is the outbox's: a silent second POST would be a second message.
            .retryOnConnectionFailure(false)
            // A connection that Slack has closed meanwhile would fail the next message.
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
            .callTimeout(settings.timeout())
            .build();
    this.slack = Slack.getInstance(config, new SlackHttpClient(bounded));
  }

  /// @param channel `#name` or an id
  /// @param token of the bot; asked for in every attempt, so that a rotated file takes effect
  /// @param baseUrl `https://slack.com/api/`
  /// @param timeout for each of at most three requests of an attempt
  public record Settings(String channel, Supplier<String> token, URI baseUrl, Duration timeout) {}

  /// Where an alert's message is.
  private record Place(String channel, String ts) {

    static Optional<Place> parse(String memory) {
      Optional<Body> body = Body.parse(memory);
      Optional<String> channel = body.flatMap(b -> b.text("channel"));
      Optional<String> ts = body.flatMap(b -> b.text("ts"));
      return channel.isPresent() && ts.isPresent()
          ? Optional.of(new Place(channel.get(), ts.get()))
          : Optional.empty();
    }

    String toJson() {
      return "{\"channel\":\"" + quoted(channel) + "\",\"ts\":\"" + quoted(ts) + "\"}";
    }

    private static String quoted(String text) {
      return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
  }

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    MethodsClient client = slack.methods(settings.token().get());
    try {
      Optional<Place> place = memory.flatMap(Place::parse);
      return place.isPresent()
          ? change(client, notification, place.get())
          : post(client, notification);
    } catch (SlackApiException e) {
      return SlackAnswers.failed(e, clock.instant());
    } catch (IOException e) {
      return SlackAnswers.noAnswer(e);
    } catch (JsonParseException | NullPointerException e) {
      // What Slack's client throws for a 200 whose body is not JSON (a proxy's page) or empty.
      return SlackAnswers.malformed();
    }
  }

  private DeliveryResult post(MethodsClient client, Notification notification)
      throws IOException, SlackApiException {
    ChatPostMessageResponse answer =
        say(client, SlackMessage.of(notification), settings.channel(), null);
    if (!answer.isOk()) {
      return SlackAnswers.refused("chat.postMessage", errorOf(answer.getError()));
    }
    if (answer.getChannel() == null || answer.getTs() == null) {
      // Posted, but where is not known: the next change will be a message of its own.
      return new DeliveryResult.Delivered(Optional.empty());
    }
    return new DeliveryResult.Delivered(
        Optional.of(new Place(answer.getChannel(), answer.getTs()).toJson()));
  }

  private DeliveryResult change(MethodsClient client, Notification notification, Place place)
      throws IOException, SlackApiException {
    SlackMessage whole = SlackMessage.of(notification);
    ChatUpdateResponse edited =
        client.chatUpdate(request ->
            request
                .channel(place.channel())
                .ts(place.ts())
                .text(whole.text())
                .blocksAsString(whole.blocksJson())
                .parse("none")
                .linkNames(false));
    if (!edited.isOk()) {
      String error = errorOf(edited.getError());
      return SlackAnswers.isMessageLost(error)
          ? post(client, notification)
          : SlackAnswers.refused("chat.update", error);
    }
    ChatPostMessageResponse reply =
        say(client, SlackMessage.change(notification), place.channel(), place.ts());
    if (!reply.isOk() && !SlackAnswers.isMessageLost(errorOf(reply.getError()))) {
      return SlackAnswers.refused("chat.postMessage", errorOf(reply.getError()));
    }
    return new DeliveryResult.Delivered(Optional.empty());
  }

  private static ChatPostMessageResponse say(
      MethodsClient client, SlackMessage message, String channel, @Nullable String threadTs)
      throws IOException, SlackApiException {
    return client.chatPostMessage(request ->
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

  private static String errorOf(@Nullable String error) {
    return error == null ? "unknown_error" : error;
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
