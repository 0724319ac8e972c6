package dev.spendwarden.sandbox;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;

/// Alertmanager's intake, `/alertmanager/api/v2/alerts`: a list of alerts, each with at least one
/// label and text values throughout. What it takes shows in the inbox as receiver `alertmanager`.
public final class AlertmanagerTwin implements Twin {

  private final Inbox inbox;

  AlertmanagerTwin(Inbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    router.post("/alertmanager/api/v2/alerts").handler(door.to("alertmanager", this::take));
  }

  private Reply take(Call call) {
    Object body = call.json().orElse("");
    if (!(body instanceof List<?> alerts) || !alerts.stream().allMatch(AlertmanagerTwin::isAlert)) {
      return Reply.text(400, "application/json", "\"bad alerts\"");
    }
    inbox.add(new Inbox.Delivery("alertmanager", call.at(), call.maskedHeaders(), call.text()));
    return Reply.json(new JsonObject());
  }

  private static boolean isAlert(Object alert) {
    Map<?, ?> labels = Json.asObject(Json.asObject(alert).get("labels"));
    return !labels.isEmpty() && labels.values().stream().allMatch(String.class::isInstance);
  }
}
