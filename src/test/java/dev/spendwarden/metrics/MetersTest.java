package dev.spendwarden.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetersTest {

  private final Meters meters = new Meters("1.2.3");

  @AfterEach
  void close() {
    meters.close();
  }

  private PrometheusText scrape() {
    return PrometheusText.parse(meters.registry().scrape(), false);
  }

  @Test
  void knownLabelValuesStartAtZero() {
    meters.know(List.of("claude"), List.of("hooks"));
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_source_polls_total", "source", "claude", "outcome", "auth"))
        .isZero();
    assertThat(text.value("spendwarden_source_poll_duration_seconds_count", "source", "claude"))
        .isZero();
    assertThat(text.value("spendwarden_notifications_total", "receiver", "hooks")).isZero();
    for (String outcome : List.of("delivered", "retry", "rejected", "gone")) {
      assertThat(
              text.value(
                  "spendwarden_notification_attempts_total",
                  "receiver",
                  "hooks",
                  "outcome",
                  outcome))
          .isZero();
    }
    assertThat(text.value("spendwarden_notification_delay_seconds_count", "receiver", "hooks"))
        .isZero();
    assertThat(text.value("spendwarden_outbox_pending", "receiver", "hooks")).isZero();
    assertThat(text.value("spendwarden_dead_letters", "receiver", "hooks")).isZero();
    assertThat(text.value("spendwarden_series_dropped_total")).isZero();
    assertThat(text.value("spendwarden_evaluation_duration_seconds_count")).isZero();
    assertThat(text.value("spendwarden_config_last_reload_successful")).isEqualTo(1);
    assertThat(text.value("spendwarden_enforcement_enabled")).isEqualTo(1);
    assertThat(text.value("spendwarden_test_clock")).isZero();
  }

  @Test
  void countsWhatHappens() {
    var failed = new PollResult.Failed(FailureReason.RATE_LIMITED, "429", Optional.empty());
    meters.polled("claude", failed, Duration.ofMillis(250));
    meters.notified("hooks");
    meters.attempted("hooks", new DeliveryResult.Retry("503", Optional.empty()));
    meters.attempted("hooks", new DeliveryResult.Delivered(Optional.empty()));
    meters.delivered("hooks", Duration.ofSeconds(2));
    meters.acted("stop-keys", "dry_run", "done");
    meters.reloaded(false);
    PrometheusText text = scrape();
    assertThat(text.value("spendwarden_source_polls_total", "outcome", "rate_limited"))
        .isEqualTo(1);
    assertThat(text.value("spendwarden_source_poll_duration_seconds_sum")).isEqualTo(0.25);
    assertThat(text.value("spendwarden_notification_attempts_total", "outcome", "retry"))
        .isEqualTo(1);
    assertThat(text.value("spendwarden_notification_delay_seconds_bucket", "le", "1.0")).isZero();
    assertThat(text.value("spendwarden_notification_delay_seconds_bucket", "le", "5.0"))
        .isEqualTo(1);
    assertThat(text.value("spendwarden_actions_total", "action", "stop-keys")).isEqualTo(1);
    assertThat(text.value("spendwarden_config_last_reload_successful")).isZero();
  }

  @Test
  void theBacklogOfAnEmptiedReceiverReturnsToZero() {
    meters.backlog(List.of(new Outbox.Counts("hooks", 7, 2)));
    assertThat(scrape().value("spendwarden_outbox_pending", "receiver", "hooks")).isEqualTo(7);
    assertThat(scrape().value("spendwarden_dead_letters", "receiver", "hooks")).isEqualTo(2);
    meters.backlog(List.of());
    assertThat(scrape().value("spendwarden_outbox_pending", "receiver", "hooks")).isZero();
    assertThat(scrape().value("spendwarden_dead_letters", "receiver", "hooks")).isZero();
  }

  @Test
  void forgetsWhatAReloadRemovedAndKnowsItAgain() {
    meters.know(List.of("claude", "ionq-lab"), List.of("hooks"));
    meters.know(List.of("ionq-lab"), List.of());
    PrometheusText text = scrape();
    assertThat(text.all("spendwarden_source_polls_total"))
        .isNotEmpty()
        .allMatch(sample -> sample.labels().get("source").equals("ionq-lab"));
    assertThat(text.all("spendwarden_outbox_pending")).isEmpty();
    meters.know(List.of("ionq-lab"), List.of("hooks"));
    meters.backlog(List.of(new Outbox.Counts("hooks", 1, 0)));
    assertThat(scrape().value("spendwarden_outbox_pending", "receiver", "hooks")).isEqualTo(1);
  }
}
