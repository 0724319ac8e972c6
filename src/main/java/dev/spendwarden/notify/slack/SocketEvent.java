package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.Body;
import java.util.Optional;

/// What Slack sends over a Socket Mode connection. Pure.
public sealed interface SocketEvent {

  /// The connection works.
  record Hello() implements SocketEvent {}

  /// Slack is about to close the connection; another one is to be opened.
  record Disconnect(String reason) implements SocketEvent {}

  /// An envelope, to be acknowledged within three seconds.
  ///
  /// @param click empty for whatever else the app is subscribed to
  record Envelope(String id, Optional<Click> click) implements SocketEvent {
    /// What acknowledges it.
    public String acknowledgement() {
      return "{\"envelope_id\":\"" + id + "\"}";
    }
  }

  /// Nothing we know: not to be answered.
  record Unknown() implements SocketEvent {}

  static SocketEvent parse(String text) {
    Optional<Body> parsed = Body.parse(text);
    if (parsed.isEmpty()) {
      return new Unknown();
    }
    Body body = parsed.get();
    // Goes back as it came, so it must not be able to end the text it is put in.
    Optional<String> id = body.text("envelope_id").filter(word -> word.matches("[\\w.-]{1,100}"));
    String type = body.text("type").orElse("");
    if (id.isPresent()) {
      boolean interactive = type.equals("interactive");
      return new Envelope(
          id.get(), interactive ? Click.read(body.object("payload")) : Optional.empty());
    }
    return switch (type) {
      case "hello" -> new Hello();
      case "disconnect" -> new Disconnect(body.text("reason").orElse("unknown"));
      default -> new Unknown();
    };
  }
}
