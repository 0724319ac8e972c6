package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.GroupingTest;
import org.junit.jupiter.api.Test;

class SlackGroupTest {

  @Test
  void aGroupIsOneMessageWithALineForEachAlert() {
    SlackMessage message = SlackMessage.of(GroupingTest.example());
    assertThat(message.text())
        .startsWith(
            "🔴 Alerts: policy=ionq-user-quota. 2 alerts: 1 firing (1 critical), 1 resolved");
    assertThat(message.blocksJson())
        .contains("🔴 *ionq-user-quota* u1 has used 104 %")
        .contains("🟢 *ionq-user-quota* u2 has used")
        .contains("<https://spend.example.org/alerts|All alerts>")
        .doesNotContain("more");
  }
}
