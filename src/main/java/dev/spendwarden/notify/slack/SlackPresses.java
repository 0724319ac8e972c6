package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.slack.PressDesk.Answer;
import dev.spendwarden.notify.slack.SlackMessage.View;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;

/// What follows when a button is pressed: it is done once, the message shows it, and whoever
/// pressed too late is told so where nobody else sees it.
///
/// The message of an alert is brought up to date by those who own it (every Slack receiver that was
/// told of the alert); that of a proposed action belongs to nobody after it was sent and is edited
/// here. Blocking; called by one thread at a time.
public final class SlackPresses implements AutoCloseable {

  /// Slack sends an envelope again when its acknowledgement was lost, soon or never.
  private static final int REMEMBERED = 1000;

  private final Settings settings;
  private final SlackClient bot;
  private final SlackClient app;
  private final PressDesk desk;
  private final InstantSource clock;

  private final Set<String> seen =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });

  /// @param botToken edits messages
  /// @param appToken opens connections
  /// @param approvers ids of users who may decide about actions; empty: whoever sees the message
  /// @param timeout for each request
  public record Settings(
      Supplier<String> botToken,
      Supplier<String> appToken,
      URI baseUrl,
      Set<String> approvers,
      Duration timeout) {
    public Settings {
      approvers = Set.copyOf(approvers);
    }
  }

  /// @param http see [SlackClient]
  public SlackPresses(Settings settings, OkHttpClient http, PressDesk desk, InstantSource clock) {
    this.settings = settings;
    this.bot = new SlackClient(settings.baseUrl(), http, settings.botToken(), settings.timeout());
    this.app = new SlackClient(settings.baseUrl(), http, settings.appToken(), settings.timeout());
    this.desk = desk;
    this.clock = clock;
  }

  /// The address for a new connection, or why there is none.
  public sealed interface Opened {
    /// @param url holds a ticket: not for logs
    record At(URI url) implements Opened {
      @Override
      public String toString() {
        return "At[…]";
      }
    }

    record Not(String problem) implements Opened {}
  }

  public Opened open() {
    var url = new String[] {""};
    DeliveryResult asked =
        app.converse(
            clock.instant(),
            () -> {
              var answer = app.openConnection();
              if (answer.getUrl() != null) {
                url[0] = answer.getUrl();
              }
              return SlackClient.errorOf(answer)
                  .map(error -> SlackAnswers.refused("apps.connections.open", error))
                  .orElse(new DeliveryResult.Delivered(Optional.empty()));
            });
    Optional<String> problem = asked.problem();
    if (problem.isPresent()) {
      return new Opened.Not(problem.get());
    }
    try {
      return new Opened.At(URI.create(url[0]));
    } catch (IllegalArgumentException e) {
      return new Opened.Not("malformed: the answer holds no address");
    }
  }

  /// Does what was asked for, unless it was done for the same press before.
  ///
  /// @return what went wrong in telling about it; empty when nothing did
  public Optional<String> press(SocketEvent.Envelope envelope) {
    Optional<Click> click = envelope.click();
    if (click.isEmpty() || isRepeated(envelope.id(), click.get())) {
      return Optional.empty();
    }
    return press(click.get());
  }

  private boolean isRepeated(String envelopeId, Click click) {
    String same =
        click.userId() + " " + click.press() + " " + click.subject() + " " + click.actionTs();
    boolean known = !seen.add(envelopeId);
    return !seen.add(same) || known;
  }

  private Optional<String> press(Click click) {
    return switch (click.press()) {
      case ACK -> ofAlert(click, desk.acknowledge(click.subject(), click.who()));
      case SILENCE_HOUR, SILENCE_DAY ->
          ofAlert(click, desk.silence(click.subject(), click.press().silence(), click.who()));
      case APPROVE, REJECT -> decide(click);
    };
  }

  private Optional<String> ofAlert(Click click, Answer answer) {
    return answer.done() ? Optional.empty() : whisper(click, answer.text());
  }

  private Optional<String> decide(Click click) {
    if (!settings.approvers().isEmpty() && !settings.approvers().contains(click.userId())) {
      return whisper(click, "You may not decide about actions here; slack.approvers says who may.");
    }
    Answer answer =
        click.press() == Press.APPROVE
            ? desk.approve(click.subject(), click.who())
            : desk.reject(click.subject(), click.who());
    Optional<String> shown = show(click, answer.text());
    return answer.done() ? shown : whisper(click, answer.text()).or(() -> shown);
  }

  /// Puts what was decided in the place of the buttons.
  private Optional<String> show(Click click, String verdict) {
    Optional<Notification> notification = click.notificationId().flatMap(desk::notification);
    if (notification.isEmpty() || click.ts().isEmpty()) {
      return Optional.empty();
    }
    var view = new View(Optional.empty(), AlertNotes.Note.NONE, true, Optional.of(verdict));
    SlackMessage message = SlackMessage.of(notification.get(), view);
    return bot.converse(
            clock.instant(),
            () ->
                bot.update(message, click.channel(), click.ts())
                    .map(error -> SlackAnswers.refused("chat.update", error))
                    .orElse(new DeliveryResult.Delivered(Optional.empty())))
        .problem();
  }

  private Optional<String> whisper(Click click, String text) {
    String escaped = SlackText.escape(text, 500);
    return bot.converse(
            clock.instant(),
            () ->
                bot.whisper(click.channel(), click.userId(), escaped)
                    .map(error -> SlackAnswers.refused("chat.postEphemeral", error))
                    .orElse(new DeliveryResult.Delivered(Optional.empty())))
        .problem();
  }

  @Override
  public void close() {
    bot.close();
    app.close();
  }
}
