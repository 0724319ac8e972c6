package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpNotifierContract;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notifier;
import dev.spendwarden.notify.NotifyFixtures;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlackWebhookNotifierContractTest extends HttpNotifierContract {

  @Override
  protected Notifier notifier(URI url) {
    var settings = new SlackWebhookNotifier.Settings(() -> url, TIMEOUT);
    return new SlackWebhookNotifier(settings, new JdkHttpPost(), CLOCK);
  }

  @Override
  protected String usualAnswer() {
    return "ok";
  }

  @Test
  void slacksWordForARefusalIsKept() {
    receiver.answers(404, Map.of(), "no_service");
    assertThat(send(NotifyFixtures.scene().notification(), Optional.empty()))
        .isEqualTo(new DeliveryResult.Rejected("HTTP 404: no_service"));
  }

  @Test
  void everyChangeIsAMessageOfItsOwn() {
    send(NotifyFixtures.scene().notification(), Optional.empty());
    send(NotifyFixtures.scene().escalated().notification(), Optional.empty());
    assertThat(receiver.requests()).hasSize(2);
    Body body = Body.parse(receiver.last().body()).orElseThrow();
    assertThat(body.text("text").orElseThrow()).startsWith("🔴 Critical: ionq-user-quota");
    assertThat(body.objects("blocks").getFirst().text("type")).hasValue("header");
  }
}
