package dev.spendwarden.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import net.logstash.logback.decorate.json.JsonWriteFeatureDecorator;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import tools.jackson.core.json.JsonWriteFeature;

/// The options of every long-running command that say how it logs, to standard error.
final class Logging {

  enum Format {
    TEXT,
    JSON
  }

  enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /// What ends a line, commands a terminal or turns text around; names of providers may hold it.
  private static final String NOT_SHOWN = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]";

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "text, or json with one record a line (default: text).")
  private Format format = Format.TEXT;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "error, warn, info, debug or trace (default: info).")
  private LogLevel level = LogLevel.INFO;

  /// Puts the options in force.
  void apply() {
    apply(format, level);
  }

  static void apply(Format format, LogLevel level) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(format, context));
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.WARN);
    // Warns of what was meant for a page that closes, at a stop above all: nothing is lost by it.
    context.getLogger("io.vertx.core.eventbus").setLevel(Level.ERROR);
    // Only our own lines follow the option: libraries may log tokens when they debug.
    context.getLogger("dev.spendwarden").setLevel(Level.valueOf(level.name()));
  }

  static Encoder<ILoggingEvent> encoder(Format format, LoggerContext context) {
    return switch (format) {
      case TEXT -> {
        var text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}"
                + " %replace(%msg){'"
                + NOT_SHOWN
                + "',' '}%n%ex");
        text.start();
        yield text;
      }
      case JSON -> {
        var json = new LogstashEncoder();
        json.setContext(context);
        // Escaped rather than raw; and half a surrogate pair would be no UTF-8.
        var escaping = new JsonWriteFeatureDecorator();
        escaping.enable(JsonWriteFeature.ESCAPE_NON_ASCII);
        json.addDecorator(escaping);
        json.start();
        yield json;
      }
    };
  }
}
