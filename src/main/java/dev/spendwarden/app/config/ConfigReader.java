package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.Heartbeat;
import dev.spendwarden.app.config.Config.Metrics;
import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.app.config.Config.Server;
import dev.spendwarden.app.config.Config.Storage;
import dev.spendwarden.app.config.Config.Tls;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.PolicyEntry;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a configuration file and the policies it names. Blocking; reads files and nothing else: no
/// name is resolved, no provider asked.
public final class ConfigReader {

  static final String DEFAULT_STORAGE = "jdbc:sqlite:data/spendwarden.db";

  private static final String SQLITE = "jdbc:sqlite:";
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final List<String> TOKEN_KEYS = List.of("token", "read_token");
  private static final Pattern LOGIN_IN_URL = Pattern.compile("@|[?&](user|(ssl)?password)=");
  private static final Pattern HOST_AND_DATABASE =
      Pattern.compile("^jdbc:postgresql://[^/?]+/[^/?]+(\\?.*)?$");

  private final Path file;
  private final Path folder;
  private final Problems problems = new Problems();
  private final SecretReader secrets;
  private final ConditionCompiler compiler;

  /// @param config empty when there is any error
  /// @param problems errors and warnings of the file and its policies, in file order
  /// @param policyFiles the policy files that were read
  public record Result(Optional<Config> config, List<Problem> problems, List<Path> policyFiles) {
    public Result {
      problems = List.copyOf(problems);
      policyFiles = List.copyOf(policyFiles);
    }
  }

  private ConfigReader(Path file, ConditionCompiler compiler) {
    this.file = file;
    this.folder = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
    this.secrets = new SecretReader(folder);
    this.compiler = compiler;
  }

  /// @param env what `${NAME}` is replaced from
  public static Result read(Path file, Map<String, String> env, ConditionCompiler compiler) {
    return new ConfigReader(file, compiler).read(env);
  }

  private Result read(Map<String, String> env) {
    Optional<YamlMapping> mapping =
        YamlDocument.read(file, problems)
            .flatMap(document -> document.mapping(problems, new EnvironmentReferences(env)));
    if (mapping.isEmpty()) {
      return new Result(Optional.empty(), problems.list(), List.of());
    }
    return read(mapping.get());
  }

  private Result read(YamlMapping root) {
    root.mapping("secret_files").ifPresent(this::readSecretFiles);
    Server server = readServer(root.mapping("server"));
    Storage storage = readStorage(root.mapping("storage"));
    Optional<YamlMapping> egressSection = root.mapping("egress");
    Egress egress = Egress.read(egressSection.map(e -> e.list("allow")).orElse(List.of()));
    egressSection.ifPresent(YamlMapping::finish);

    var sourceReader = new SourceReader(secrets, egress);
    var sources = sourceReader.read(root);
    if (!root.has("sources")) {
      problems.warning(root.place(), "no sources: nothing is watched");
    }
    var receiverReader = new ReceiverReader(secrets, egress);
    var receivers = receiverReader.read(root);
    var hoursReader = new HoursReader(TimeIntervalReader.readAll(root));
    Route route = new RouteReader(receiverReader.names(), hoursReader).read(root);
    var actionReader = new ActionReader(secrets, receiverReader, sourceReader, hoursReader);
    var actions = actionReader.read(root);
    Metrics metrics = readMetrics(root.mapping("metrics"));
    Optional<Heartbeat> heartbeat =
        root.mapping("heartbeat").map(h -> readHeartbeat(h, receiverReader.names()));
    boolean watch = root.flag("watch", false);
    List<YamlValue> patterns = root.find("policies").map(YamlValue::oneOrMore).orElse(List.of());
    if (patterns.isEmpty()) {
      problems.warning(root.placeOf("policies"), "no policies: nothing can fire");
    }
    root.finish();

    Map<Path, YamlDocument> documents = PolicyFiles.read(folder, patterns, problems);
    var policyReader = new PolicyReader(compiler, problems);
    var checks =
        new CrossChecks(
            sourceReader,
            sources,
            receiverReader.names(),
            actionReader.names(),
            actions,
            route,
            problems);
    var policies = new ArrayList<Policy>();
    for (YamlDocument document : documents.values()) {
      for (PolicyEntry entry : policyReader.read(document)) {
        checks.check(entry);
        entry.policy().ifPresent(policies::add);
      }
    }
    Optional<Config> config =
        problems.hasErrors()
            ? Optional.empty()
            : Optional.of(
                new Config(
                    file,
                    server,
                    storage,
                    egress.allow(),
                    List.copyOf(sources),
                    List.copyOf(receivers),
                    route,
                    Collections.unmodifiableMap(actions),
                    List.copyOf(policies),
                    metrics,
                    heartbeat,
                    watch));
    return new Result(config, problems.list(), List.copyOf(documents.keySet()));
  }

  /// Before everything that names a secret file.
  private void readSecretFiles(YamlMapping files) {
    int group = files.integer("readable_by_group", -1, 0, Integer.MAX_VALUE);
    if (group >= 0) {
      secrets.allowGroup(group);
    }
    files.finish();
  }

  private Server readServer(Optional<YamlMapping> found) {
    if (found.isEmpty()) {
      return new Server(
          "127.0.0.1",
          9797,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    YamlMapping server = found.get();
    String host = server.text("host", "127.0.0.1");
    int port = server.integer("port", 9797, 0, 65_535);
    Optional<Secret> token = secrets.read(server, "token");
    Optional<Secret> readToken = secrets.read(server, "read_token");
    if (token.isPresent() && token.map(Secret::reveal).equals(readToken.map(Secret::reveal))) {
      problems.error(
          server.placeOf(server.has("read_token") ? "read_token" : "read_token_file"),
          "the token for reading is the one for changing; whoever may read could change things");
    }
    Optional<Tls> tls = server.mapping("tls").flatMap(this::readTls);
    Optional<URI> externalUrl = server.find("external_url").flatMap(Egress::readLink);
    server.finish();
    boolean tokenGiven =
        TOKEN_KEYS.stream().anyMatch(key -> server.has(key) || server.has(key + "_file"));
    if (!isLoopback(host) && !tokenGiven) {
      problems.error(
          server.placeOf("host"),
          "binding to "
              + YamlValue.quote(host)
              + " without a token would let anybody change things; set 'token_file', or bind to"
              + " 127.0.0.1");
    }
    return new Server(host, port, token, readToken, tls, externalUrl);
  }

  private Optional<Tls> readTls(YamlMapping tls) {
    Optional<Path> certificate = pem(tls, "cert_file", "CERTIFICATE");
    Optional<Secret> key = tls.find("key_file").flatMap(secrets::pem);
    Optional<Path> clientCa = pem(tls, "client_ca_file", "CERTIFICATE");
    for (String required : List.of("cert_file", "key_file")) {
      if (!tls.has(required)) {
        problems.error(tls.place(), "'" + required + "' is missing: TLS needs both files");
      }
    }
    tls.finish();
    return certificate.isPresent() && key.isPresent()
        ? Optional.of(new Tls(certificate.get(), key.get(), clientCa))
        : Optional.empty();
  }

  private Optional<Path> pem(YamlMapping tls, String key, String what) {
    return tls.find(key)
        .flatMap(value -> {
          Optional<Path> named = value.text().map(folder::resolve);
          if (named.isPresent() && !SecretReader.holdsPem(named.get(), what)) {
            value.error("'" + key + "' must name a readable PEM file with a " + what);
            return Optional.empty();
          }
          return named;
        });
  }

  /// A name other than localhost may point anywhere, so it counts as beyond.
  private static boolean isLoopback(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Storage readStorage(Optional<YamlMapping> found) {
    Duration retention = Duration.ofDays(400);
    if (found.isEmpty()) {
      return new Storage(absolute(DEFAULT_STORAGE), Optional.empty(), Optional.empty(), retention);
    }
    YamlMapping storage = found.get();
    Optional<YamlValue> value = storage.find("url");
    String url = value.flatMap(this::readStorageUrl).orElse(absolute(DEFAULT_STORAGE));
    Optional<String> user = storage.text("user");
    Optional<Secret> password = secrets.read(storage, "password");
    retention = storage.duration("retention", retention, Duration.ofDays(1), Durations.LONGEST);
    storage.finish();
    if (url.startsWith(SQLITE)) {
      for (String key : List.of("user", "password", "password_file")) {
        if (storage.has(key)) {
          problems.error(storage.placeOf(key), "'" + key + "' has no meaning for SQLite");
        }
      }
    }
    return new Storage(url, user, password, retention);
  }

  private Optional<String> readStorageUrl(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    String url = text.get();
    if (url.startsWith(SQLITE)) {
      String path = url.substring(SQLITE.length());
      if (path.isBlank()
          || path.startsWith(":")
          || path.startsWith("file:")
          || path.contains("?")) {
        value.error("'url' must name a file: jdbc:sqlite:PATH; a store in memory forgets");
        return Optional.empty();
      }
      try {
        return Optional.of(absolute(url));
      } catch (InvalidPathException e) {
        value.error("'url' must name a file: jdbc:sqlite:PATH");
        return Optional.empty();
      }
    }
    if (!url.startsWith(POSTGRESQL)) {
      value.error("'url' must begin with jdbc:sqlite: or jdbc:postgresql:");
      return Optional.empty();
    }
    if (LOGIN_IN_URL.matcher(url).find()) {
      value.error("no user or password in 'url'; use 'user' and 'password_file'");
      return Optional.empty();
    }
    if (!HOST_AND_DATABASE.matcher(url).find()) {
      value.error("'url' must name a server and a database: jdbc:postgresql://host/database");
      return Optional.empty();
    }
    return text;
  }

  /// A relative SQLite path is relative to the working folder, not to the file: data does not live
  /// beside the configuration, which is often mounted read-only.
  private static String absolute(String sqliteUrl) {
    return SQLITE + Path.of(sqliteUrl.substring(SQLITE.length())).toAbsolutePath().normalize();
  }

  private static Metrics readMetrics(Optional<YamlMapping> found) {
    if (found.isEmpty()) {
      return new Metrics(2000, false);
    }
    int series = found.get().integer("max_series_per_policy", 2000, 1, 1_000_000);
    boolean people = found.get().flag("show_people", false);
    found.get().finish();
    return new Metrics(series, people);
  }

  private static Heartbeat readHeartbeat(YamlMapping heartbeat, Names receivers) {
    String receiver = heartbeat.requiredText("receiver");
    if (!receiver.isEmpty()) {
      receivers.check(receiver, heartbeat.placeOf("receiver"), heartbeat.problems());
    }
    Duration every =
        heartbeat.duration(
            "every", Duration.ofHours(1), SourceReader.SHORTEST_POLL, Durations.LONGEST);
    heartbeat.finish();
    return new Heartbeat(receiver, every);
  }
}
