package dev.spendwarden.sandbox;

import io.vertx.ext.web.Router;

/// Webhook receivers at `/hooks/{name}`, one per name, made when first called. They take everything
/// and check nothing: whether a signature is right is for the test that reads the inbox.
public final class HookTwin implements Twin {

  private final Inbox inbox;

  HookTwin(Inbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public void mount(Router router, FrontDoor door) {
    router
        .post("/hooks/:name")
        .handler(door.to(context -> "hooks/" + context.pathParam("name"), this::take));
  }

  private Reply take(Call call) {
    inbox.add(new Inbox.Delivery(call.path("name"), call.at(), call.maskedHeaders(), call.text()));
    return Reply.text(200, "text/plain", "");
  }
}
