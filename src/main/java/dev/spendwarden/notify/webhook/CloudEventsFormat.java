package dev.spendwarden.notify.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/// CloudEvents 1.0, structured mode. `id` is the notification's, `source` is Spendwarden, `subject`
/// the policy (or the group).
final class CloudEventsFormat {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String SOURCE = "urn:spendwarden";
  private static final String TYPE_PREFIX = "dev.spendwarden.";

  private CloudEventsFormat() {}

  static String render(Notification notification) {
    Body body = Body.of(notification);
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("specversion", "1.0");
      json.writeStringField("id", notification.id());
      json.writeStringField("source", SOURCE);
      json.writeStringField("type", TYPE_PREFIX + notification.type());
      Optional<String> policy =
          body.object("alert").text("policy").or(() -> body.object("action").text("policy"));
      Optional<String> subject =
          policy
              .map(name -> "policy/" + name)
              .or(() -> body.object("group").text("id").map(id -> "group/" + id));
      if (subject.isPresent()) {
        json.writeStringField("subject", subject.get());
      }
      if (body.text("time").isPresent()) {
        json.writeStringField("time", body.text("time").get());
      }
      json.writeStringField("datacontenttype", "application/json");
      json.writeFieldName("data");
      json.writeRawValue(notification.body());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }
}
