package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// Names come from providers: none may end a line, colour a terminal, turn the text around or make
/// a line vanish.
class LoggingTest {

  private static final String NAME =
      "a\n"
          + "forged line\r"
          + "\u001b[31mred\u0007 \u009b31m \u202eturned\u2066 \u2028 \u0000 half\ud83d \ud83d\ude00"
          + " end";

  @ParameterizedTest
  @EnumSource
  void oneRecordIsOneHarmlessLine(Logging.Format format) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var event =
        new LoggingEvent(
            "",
            context.getLogger("dev.spendwarden.X"),
            Level.WARN,
            "user={}",
            null,
            new Object[] {NAME});
    String line =
        new String(Logging.encoder(format, context).encode(event), StandardCharsets.UTF_8);

    assertThat(line).contains("user=a").contains(" end").endsWith("\n");
    assertThat(line.strip()).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
  }
}
