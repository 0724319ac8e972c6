package dev.spendwarden.notify.slack;

import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.files.FilesGetUploadURLExternalResponse;
import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.BudgetPictures;
import dev.spendwarden.notify.BudgetPictures.Picture;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpAnswers;
import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import dev.spendwarden.notify.slack.SlackMessage.View;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;

/// Slack with a bot token: one message for each alert, edited as the alert changes, each change
/// also a reply in its thread. Where the message is (channel id and ts) and what it says is this
/// notifier's memory of the alert. A message that was deleted meanwhile is posted anew.
///
/// An edit may be made twice without harm, so when the reply after it fails, the next attempt
/// simply does both again: nothing is shown twice that Slack did not take twice.
///
/// A picture of the budget follows into the thread where an alert fires, escalates or resolves,
/// after the delivery and outside of it.
public final class SlackNotifier implements Notifier {

  /// Where the figures are news. A repeat or another rule of the same severity shows nothing that
  /// the last picture does not.
  private static final Set<String> ILLUSTRATED =
      Set.of("alert.fired", "alert.escalated", "alert.resolved");

  private static final String PICTURE_NAME = "burn-down.png";

  private final Settings settings;
  private final SlackClient slack;
  private final HttpPost uploads;
  private final AlertNotes notes;
  private final BudgetPictures pictures;
  private final InstantSource clock;

  /// @param http see [SlackClient]
  /// @param uploads sends a picture's bytes to the address that Slack names, guarded
  public SlackNotifier(
      Settings settings,
      OkHttpClient http,
      HttpPost uploads,
      AlertNotes notes,
      BudgetPictures pictures,
      InstantSource clock) {
    this.settings = settings;
    this.slack = new SlackClient(settings.baseUrl(), http, settings.token(), settings.timeout());
    this.uploads = uploads;
    this.notes = notes;
    this.pictures = pictures;
    this.clock = clock;
  }

  /// @param channel `#name` or an id
  /// @param token of the bot; asked for in every attempt, so that a rotated file takes effect
  /// @param baseUrl `https://slack.com/api/`
  /// @param timeout for each of at most three requests of an attempt
  /// @param buttons whether presses are heard, so that buttons are shown
  public record Settings(
      String channel, Supplier<String> token, URI baseUrl, Duration timeout, boolean buttons) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    Optional<SlackMemory> place = memory.flatMap(SlackMemory::parse);
    return slack.converse(
        clock.instant(),
        () -> place.isPresent() ? change(notification, place.get()) : post(notification));
  }

  private DeliveryResult post(Notification notification) throws IOException, SlackApiException {
    ChatPostMessageResponse answer =
        slack.post(
            SlackMessage.of(notification, view(notification, Optional.empty())),
            settings.channel(),
            null);
    Optional<String> error = SlackClient.errorOf(answer);
    if (error.isPresent()) {
      return SlackAnswers.refused("chat.postMessage", error.get());
    }
    if (answer.getChannel() == null || answer.getTs() == null) {
      // Posted, but where is not known: the next change will be a message of its own.
      return new DeliveryResult.Delivered(Optional.empty());
    }
    var memory = new SlackMemory(answer.getChannel(), answer.getTs(), Optional.empty());
    return delivered(memory, notification);
  }

  private DeliveryResult change(Notification notification, SlackMemory place)
      throws IOException, SlackApiException {
    SlackMessage whole = SlackMessage.of(notification, view(notification, Optional.of(place)));
    Optional<String> edit = slack.update(whole, place.channel(), place.ts());
    if (edit.isPresent()) {
      return SlackAnswers.isMessageLost(edit.get())
          ? post(notification)
          : SlackAnswers.refused("chat.update", edit.get());
    }
    Optional<String> reply =
        SlackClient.errorOf(
            slack.post(
                SlackMessage.change(notification, place.told()), place.channel(), place.ts()));
    if (reply.isPresent() && !SlackAnswers.isMessageLost(reply.get())) {
      return SlackAnswers.refused("chat.postMessage", reply.get());
    }
    return delivered(place, notification);
  }

  private static DeliveryResult delivered(SlackMemory place, Notification notification) {
    return new DeliveryResult.Delivered(Optional.of(place.saying(Body.of(notification)).toJson()));
  }

  private View view(Notification notification, Optional<SlackMemory> place) {
    return new View(
        place.flatMap(SlackMemory::told),
        notes.of(notification),
        settings.buttons(),
        Optional.empty());
  }

  /// The message as it is, with what was said of the alert since. What had changed when it was sent
  /// is left out: it is in the thread.
  @Override
  public Optional<String> refresh(Notification newest, String memory) {
    Optional<SlackMemory> place = SlackMemory.parse(memory);
    if (place.isEmpty()) {
      return Optional.empty();
    }
    SlackMessage whole = SlackMessage.of(newest, view(newest, Optional.empty()));
    return slack
        .converse(
            clock.instant(),
            () ->
                slack
                    .update(whole, place.get().channel(), place.get().ts())
                    .map(error -> SlackAnswers.refused("chat.update", error))
                    .orElse(new DeliveryResult.Delivered(Optional.empty())))
        .problem();
  }

  @Override
  public boolean illustrates(Notification notification) {
    return ILLUSTRATED.contains(notification.type());
  }

  @Override
  public Optional<String> illustrate(Notification notification, String memory) {
    Optional<SlackMemory> place = SlackMemory.parse(memory);
    Optional<Picture> picture = place.isEmpty() ? Optional.empty() : pictures.of(notification);
    return picture.flatMap(found ->
        slack.converse(clock.instant(), () -> upload(found, place.orElseThrow())).problem());
  }

  /// The three steps of Slack's way for files: ask where, send the bytes there, share.
  private DeliveryResult upload(Picture picture, SlackMemory place)
      throws IOException, SlackApiException {
    FilesGetUploadURLExternalResponse announced = slack.announce(picture, PICTURE_NAME);
    Optional<String> error = SlackClient.errorOf(announced);
    if (error.isPresent()) {
      return SlackAnswers.refused("files.getUploadURLExternal", error.get());
    }
    if (announced.getUploadUrl() == null || announced.getFileId() == null) {
      return SlackAnswers.malformed();
    }
    DeliveryResult sent =
        HttpAnswers.classify(
            uploads.post(
                URI.create(announced.getUploadUrl()),
                Map.of("content-type", "image/png"),
                picture.png(),
                settings.timeout()),
            clock.instant());
    if (!(sent instanceof DeliveryResult.Delivered)) {
      return sent;
    }
    return slack
        .share(announced.getFileId(), picture, place.channel(), place.ts())
        .map(refusal -> SlackAnswers.refused("files.completeUploadExternal", refusal))
        .orElse(sent);
  }

  @Override
  public void close() {
    slack.close();
  }
}
