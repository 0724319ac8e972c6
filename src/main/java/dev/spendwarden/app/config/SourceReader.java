package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceConfig.Type;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.app.config.Config.SourceSettings.WindowEvery;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.Suggestion;
import dev.spendwarden.policy.yaml.Vocabulary;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads `sources`.
final class SourceReader {

  static final Duration SHORTEST_POLL = Duration.ofMillis(200);

  private static final Duration LONGEST_POLL = Duration.ofDays(31);
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

  /// Ids of organizations and enterprises become a part of a path.
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

  private static final String IONQ_V0_4 = "https://api.ionq.co/v0.4";
  private static final List<String> IONQ_APIS = List.of("v0.3", "v0.4");

  private static final List<String> KEEP =
      List.of("organization", "product", "sku", "user", "cost_center");

  /// What GitHub's reports can tell.
  private static final List<String> KEEPABLE =
      List.of("organization", "repository", "product", "sku", "user", "model", "cost_center");

  /// What a type takes when the file says nothing.
  ///
  /// @param secretKey what the provider calls its credential
  /// @param maxAge several failed polls in a row; data ages from the poll, however late the
  ///   provider books
  private record Defaults(String baseUrl, String secretKey, Duration poll, Duration maxAge) {}

  private final SecretReader secrets;
  private final Egress egress;
  private final Names names = new Names("source");
  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Set<String> withoutQuotas = new HashSet<>();

  SourceReader(SecretReader secrets, Egress egress) {
    this.secrets = secrets;
    this.egress = egress;
  }

  Names names() {
    return names;
  }

  /// The types of the sources that have one, by name.
  Map<String, Type> types() {
    return types;
  }

  /// Whether this source bills by the day and has no counters, unlike others of its type.
  boolean isWithoutQuotas(String name) {
    return withoutQuotas.contains(name);
  }

  /// What the provider calls its credential.
  static String secretKey(Type type) {
    return defaults(type).secretKey();
  }

  private static Defaults defaults(Type type) {
    return switch (type) {
      case IONQ ->
          new Defaults(
              "https://api.ionq.co/v0.3", "api_key", Duration.ofMinutes(5), Duration.ofHours(1));
      case ANTHROPIC ->
          new Defaults(
              "https://api.anthropic.com", "admin_key", Duration.ofMinutes(5), Duration.ofHours(6));
      case GITHUB ->
          new Defaults(
              "https://api.github.com", "token", Duration.ofHours(6), Duration.ofHours(36));
      case GCORE ->
          new Defaults(
              "https://api.gcore.com", "api_key", Duration.ofMinutes(10), Duration.ofHours(6));
    };
  }

  List<SourceConfig> read(YamlMapping file) {
    var sources = new ArrayList<SourceConfig>();
    for (YamlMapping item : file.mappings("sources")) {
      int before = item.problems().errorCount();
      Optional<SourceConfig> source = readSource(item);
      if (source.isPresent() && item.problems().errorCount() == before) {
        sources.add(source.get());
      }
    }
    return sources;
  }

  private Optional<SourceConfig> readSource(YamlMapping item) {
    String name = names.read(item);
    Optional<Type> type = item.require("type").flatMap(v -> v.choice(Vocabulary.of(Type.class)));
    if (type.isEmpty()) {
      // Which other keys there may be is told by the type.
      return Optional.empty();
    }
    types.putIfAbsent(name, type.get());
    Defaults defaults = defaults(type.get());
    Optional<URI> given = item.find("base_url").flatMap(this::readBaseUrl);
    String api = type.get() == Type.IONQ ? readApi(item, given) : "";
    URI baseUrl = given.orElse(URI.create(api.equals("v0.4") ? IONQ_V0_4 : defaults.baseUrl()));
    Optional<Secret> credential = secrets.require(item, defaults.secretKey());
    Duration poll = item.duration("poll_interval", defaults.poll(), SHORTEST_POLL, LONGEST_POLL);
    Duration timeout =
        item.duration("timeout", Duration.ofSeconds(30), Duration.ofMillis(1), LONGEST_TIMEOUT);
    Duration maxAge = maxAge(item, poll, defaults.maxAge());
    SourceSettings settings =
        switch (type.get()) {
          case IONQ -> readIonq(name, item, api);
          case ANTHROPIC -> new SourceSettings.Anthropic(item.flag("fine_burn", false));
          case GITHUB -> readGithub(item);
          case GCORE ->
              new SourceSettings.Gcore(item.flag("expenses", true), item.texts("templates"));
        };
    item.finish();
    return credential.map(secret ->
        new SourceConfig(name, type.get(), baseUrl, secret, poll, timeout, maxAge, settings));
  }

  /// A default follows a poll interval that is set longer than it.
  private static Duration maxAge(YamlMapping item, Duration poll, Duration usual) {
    Duration otherwise = usual.compareTo(poll.multipliedBy(3)) < 0 ? poll.multipliedBy(3) : usual;
    Duration maxAge = item.duration("max_age", otherwise, Duration.ofMillis(1), Durations.LONGEST);
    if (maxAge.compareTo(poll) < 0) {
      item.problems()
          .warning(
              item.placeOf("max_age"),
              "'max_age' is shorter than the poll interval ("
                  + Durations.format(poll)
                  + "): the data is stale before the next poll");
    }
    return maxAge;
  }

  private Optional<URI> readBaseUrl(YamlValue value) {
    Optional<URI> url = egress.readUrl(value);
    if (url.isPresent() && url.get().getRawQuery() != null) {
      value.error("a base URL has no ?query");
    }
    return url;
  }

  /// What is written, or else how the base URL ends; the two may not contradict each other.
  private static String readApi(YamlMapping item, Optional<URI> baseUrl) {
    Optional<String> inUrl =
        IONQ_APIS.stream()
            .filter(version ->
                baseUrl
                    .map(url -> String.valueOf(url.getPath()).replaceAll("/+$", ""))
                    .filter(path -> path.endsWith("/" + version))
                    .isPresent())
            .findFirst();
    String api = item.choice("api", words(IONQ_APIS), inUrl.orElse("v0.3"));
    if (inUrl.isPresent() && !inUrl.get().equals(api)) {
      item.problems()
          .error(
              item.placeOf("api"), "'api' is " + api + ", but 'base_url' ends with " + inUrl.get());
    }
    return api;
  }

  private static Map<String, String> words(List<String> words) {
    var choices = new LinkedHashMap<String, String>();
    words.forEach(word -> choices.put(word, word));
    return choices;
  }

  private SourceSettings readIonq(String name, YamlMapping item, String api) {
    String organization = readId(item, "organization");
    boolean daily = api.equals("v0.4");
    if (daily && item.has("balance_means")) {
      item.problems()
          .error(item.placeOf("balance_means"), "'balance_means': IonQ's v0.4 has no balance");
    }
    if (!daily && item.has("group_by")) {
      item.problems()
          .error(item.placeOf("group_by"), "'group_by' is for 'api: v0.4'; v0.3 has both cuts");
    }
    if (daily) {
      withoutQuotas.add(name);
    }
    String balanceMeans =
        item.choice("balance_means", words(List.of("remaining", "spent", "ignore")), "ignore");
    String groupBy = item.choice("group_by", words(List.of("user", "project")), "user");

    WindowEvery every = WindowEvery.MONTH;
    int from = 1;
    Optional<YamlValue> window = item.find("window");
    if (window.isPresent() && window.get().isMapping()) {
      YamlMapping anchored = window.get().mapping().orElseThrow();
      every = anchored.choice("every", Vocabulary.of(WindowEvery.class), every);
      from = anchored.integer("from", 1, 1, every == WindowEvery.WEEK ? 7 : 31);
      anchored.finish();
    } else if (window.isPresent()) {
      every = window.get().choice(Vocabulary.of(WindowEvery.class)).orElse(every);
    }
    return new SourceSettings.Ionq(organization, balanceMeans, api, groupBy, every, from);
  }

  private static SourceSettings readGithub(YamlMapping item) {
    String enterprise = readId(item, "enterprise");
    List<String> reports =
        readWords(
            item,
            "reports",
            List.of("detailed"),
            List.of("detailed", "summarized", "premium_request", "ai_credit"));
    Duration exportPoll =
        item.duration(
            "export_poll_interval", Duration.ofSeconds(5), SHORTEST_POLL, Duration.ofHours(1));
    var hosts = new ArrayList<String>();
    for (YamlValue host : item.list("download_hosts")) {
      Optional<String> text = host.text();
      if (text.isPresent() && !HOST.matcher(text.get()).matches()) {
        host.wrong("a host name without scheme and path");
      }
      text.ifPresent(hosts::add);
    }
    List<String> keep = readWords(item, "keep", KEEP, KEEPABLE);
    return new SourceSettings.Github(enterprise, reports, exportPoll, hosts, keep);
  }

  private static List<String> readWords(
      YamlMapping item, String key, List<String> otherwise, List<String> allowed) {
    if (!item.has(key)) {
      item.find(key);
      return otherwise;
    }
    var words = new ArrayList<String>();
    for (YamlValue value : item.list(key)) {
      Optional<String> text = value.text();
      if (text.isPresent() && !allowed.contains(text.get())) {
        value.wrong("one of " + String.join(", ", allowed), Suggestion.text(text.get(), allowed));
      }
      text.ifPresent(words::add);
    }
    return words;
  }

  private static String readId(YamlMapping item, String key) {
    Optional<YamlValue> value = item.require(key);
    Optional<String> id = value.flatMap(YamlValue::scalar);
    if (id.isPresent() && !ID.matcher(id.get()).matches()) {
      value.get().wrong("an id of letters, digits, '.', '_' and '-'");
    }
    return id.orElse("");
  }
}
