package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.ActionConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.Suggestion;
import dev.spendwarden.policy.yaml.Vocabulary;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `actions`.
final class ActionReader {

  private static final Pattern LABEL = Pattern.compile("labels\\.([A-Za-z_]+)");

  private static final int MOST_TARGETS = 10_000;

  private final SecretReader secrets;
  private final ReceiverReader receivers;
  private final SourceReader sources;
  private final HoursReader hoursReader;
  private final Names names = new Names("action");

  ActionReader(
      SecretReader secrets,
      ReceiverReader receivers,
      SourceReader sources,
      HoursReader hoursReader) {
    this.secrets = secrets;
    this.receivers = receivers;
    this.sources = sources;
    this.hoursReader = hoursReader;
  }

  Names names() {
    return names;
  }

  Map<String, ActionConfig> read(YamlMapping file) {
    var actions = new LinkedHashMap<String, ActionConfig>();
    Optional<YamlMapping> section = file.mapping("actions");
    if (section.isEmpty()) {
      return actions;
    }
    section
        .get()
        .entries()
        .forEach((name, value) -> {
          names.add(name, section.get().placeOf(name), file.problems());
          value
              .mapping()
              .flatMap(item -> readAction(name, item))
              .ifPresent(action -> actions.put(name, action));
        });
    return actions;
  }

  private Optional<ActionConfig> readAction(String name, YamlMapping item) {
    var types = new LinkedHashMap<String, ActionConfig.Type>();
    Arrays.stream(ActionConfig.Type.values()).forEach(t -> types.put(t.word(), t));
    Optional<ActionConfig.Type> type = item.require("type").flatMap(v -> v.choice(types));
    if (type.isEmpty()) {
      // Which other keys there may be is told by the type.
      return Optional.empty();
    }
    boolean webhook = type.get() == ActionConfig.Type.WEBHOOK;
    Optional<String> source = type.get().provider().flatMap(p -> readSource(item, p));
    Optional<Secret> credential =
        type.get().provider().flatMap(p -> secrets.read(item, SourceReader.secretKey(p)));
    Optional<Secret> url = webhook ? receivers.readTarget(item) : Optional.empty();
    Optional<Secret> secret = webhook ? secrets.read(item, "secret") : Optional.empty();
    boolean github = type.get() == ActionConfig.Type.GITHUB_SET_BUDGET;
    Optional<String> product =
        github ? item.require("product").flatMap(YamlValue::text) : Optional.empty();
    Map<String, BigDecimal> limits =
        type.get() == ActionConfig.Type.ANTHROPIC_RATE_LIMIT ? readLimits(item) : Map.of();
    type.get().provider().ifPresent(provider -> warnIfInert(item, name, provider));

    var mode =
        item.choice("mode", Vocabulary.of(ActionConfig.Mode.class), ActionConfig.Mode.DRY_RUN);
    Optional<String> target =
        item.find("target").flatMap(ActionReader::readTarget).or(() -> targetOf(type.get()));
    Optional<Integer> atMost = item.find("at_most").flatMap(v -> v.integer(1, MOST_TARGETS));
    Optional<Duration> per = item.duration("per", Duration.ofSeconds(1), Durations.LONGEST);
    if (per.isPresent() && atMost.isEmpty() && !item.has("at_most")) {
      item.problems().error(item.placeOf("per"), "'per' has no meaning without 'at_most'");
    }
    Duration grace = item.duration("grace", Duration.ZERO, Duration.ZERO, Durations.LONGEST);
    List<String> except =
        item.find("except").map(YamlValue::oneOrMore).orElse(List.of()).stream()
            .flatMap(v -> v.scalar().stream())
            .toList();
    var undo = item.choice("undo", Vocabulary.of(ActionConfig.Undo.class), ActionConfig.Undo.NEVER);
    Hours hours = hoursReader.read(item);
    warnIfHoursMeanNothing(item, mode, hours);
    item.finish();
    return Optional.of(
        new ActionConfig(
            name,
            type.get(),
            source,
            mode,
            target,
            atMost,
            per,
            grace,
            except,
            undo,
            hours,
            url,
            secret,
            credential,
            product,
            limits));
  }

  /// An action without a credential of its own never borrows the source's.
  private static void warnIfInert(YamlMapping item, String name, SourceConfig.Type provider) {
    String key = SourceReader.secretKey(provider);
    if (!item.has(key) && !item.has(key + "_file")) {
      item.problems()
          .warning(
              item.place(),
              "action "
                  + YamlValue.quote(name)
                  + " is inert: it has no credential of its own, '"
                  + key
                  + "' or '"
                  + key
                  + "_file'");
    }
  }

  private static void warnIfHoursMeanNothing(
      YamlMapping item, ActionConfig.Mode mode, Hours hours) {
    if (mode == ActionConfig.Mode.APPROVE && !hours.equals(Hours.ALWAYS)) {
      String key =
          item.has("mute_time_intervals") ? "mute_time_intervals" : "active_time_intervals";
      item.problems()
          .warning(
              item.placeOf(key),
              "'" + key + "' does nothing with 'mode: approve': who approves decides when");
    }
  }

  private static Map<String, BigDecimal> readLimits(YamlMapping item) {
    var limits = new LinkedHashMap<String, BigDecimal>();
    item.require("limits")
        .flatMap(YamlValue::mapping)
        .ifPresent(mapping ->
            mapping
                .entries()
                .forEach((type, value) ->
                    value
                        .integer(0, Integer.MAX_VALUE)
                        .ifPresent(limit -> limits.put(type, BigDecimal.valueOf(limit)))));
    return limits;
  }

  private Optional<String> readSource(YamlMapping item, SourceConfig.Type provider) {
    Optional<YamlValue> value = item.require("source");
    Optional<String> name = value.flatMap(YamlValue::text);
    if (name.isEmpty()) {
      return name;
    }
    sources.names().check(name.get(), value.get().place(), item.problems());
    SourceConfig.Type actual = sources.types().get(name.get());
    if (actual != null && actual != provider) {
      value
          .get()
          .error(
              "source "
                  + YamlValue.quote(name.get())
                  + " is of type "
                  + actual.name().toLowerCase(Locale.ROOT)
                  + "; this action needs one of type "
                  + provider.name().toLowerCase(Locale.ROOT));
    }
    return name;
  }

  /// Whose things a lever acts on when nothing is said.
  private static Optional<String> targetOf(ActionConfig.Type type) {
    return switch (type) {
      case IONQ_CANCEL_JOBS -> Optional.of("labels.user");
      case ANTHROPIC_DISABLE_KEYS, ANTHROPIC_RATE_LIMIT -> Optional.of("labels.workspace");
      case GITHUB_SET_BUDGET, WEBHOOK -> Optional.empty();
    };
  }

  private static Optional<String> readTarget(YamlValue value) {
    Optional<String> text = value.text();
    var label = LABEL.matcher(text.orElse(""));
    if (label.matches() && Dimension.parse(label.group(1)).isEmpty()) {
      List<String> words = Dimension.selectable();
      // It may still be a label the policy adds; only what looks mistyped is refused.
      Suggestion.closest(label.group(1), words)
          .ifPresent(near ->
              value.error(
                  "unknown label "
                      + YamlValue.quote(label.group(1))
                      + "; did you mean '"
                      + near
                      + "'?"));
    }
    return text;
  }
}
