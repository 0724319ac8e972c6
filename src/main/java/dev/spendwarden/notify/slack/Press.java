package dev.spendwarden.notify.slack;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// What a button asks for. The words travel through Slack and come back from messages that were
/// posted long ago: they stay as they are.
public enum Press {
  ACK("ack", "Acknowledge"),
  SILENCE_HOUR("silence_1h", "Silence 1 h"),
  SILENCE_DAY("silence_1d", "Silence 1 d"),
  APPROVE("approve", "Approve"),
  REJECT("reject", "Reject");

  private final String word;
  private final String label;

  Press(String word, String label) {
    this.word = word;
    this.label = label;
  }

  /// The `action_id`.
  String word() {
    return word;
  }

  /// On the button.
  String label() {
    return label;
  }

  /// How long a silence lasts; zero for what is none.
  public Duration silence() {
    return switch (this) {
      case SILENCE_HOUR -> Duration.ofHours(1);
      case SILENCE_DAY -> Duration.ofDays(1);
      case ACK, APPROVE, REJECT -> Duration.ZERO;
    };
  }

  static Optional<Press> parse(String word) {
    return Arrays.stream(values()).filter(press -> press.word.equals(word)).findFirst();
  }
}
