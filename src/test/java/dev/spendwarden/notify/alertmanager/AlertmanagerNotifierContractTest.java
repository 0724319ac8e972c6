package dev.spendwarden.notify.alertmanager;

import dev.spendwarden.notify.HttpNotifierContract;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notifier;
import java.net.URI;
import java.time.Duration;

class AlertmanagerNotifierContractTest extends HttpNotifierContract {

  @Override
  protected Notifier notifier(URI url) {
    var settings = new AlertmanagerNotifier.Settings(() -> url, TIMEOUT, Duration.ofMinutes(1));
    return new AlertmanagerNotifier(settings, new JdkHttpPost(), CLOCK);
  }

  @Override
  protected String usualAnswer() {
    return "";
  }
}
