package dev.spendwarden.notify.webhook;

import dev.spendwarden.notify.HttpNotifierContract;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notifier;
import java.net.URI;
import java.util.List;

class WebhookNotifierContractTest extends HttpNotifierContract {

  @Override
  protected Notifier notifier(URI url) {
    var settings = new WebhookNotifier.Settings(() -> url, List::of, BodyFormat.STANDARD, TIMEOUT);
    return new WebhookNotifier(settings, new JdkHttpPost(), CLOCK);
  }

  @Override
  protected String usualAnswer() {
    return "";
  }
}
