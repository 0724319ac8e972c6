package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.app.config.Config.ActionConfig;
import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.policy.yaml.FakeCompiler;
import dev.spendwarden.policy.yaml.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigReaderTest {

  private static final Map<String, String> ENV =
      Map.of(
          "KEY", "k-123456",
          "PORT", "9000",
          "HOOK", "https://hooks.slack.com/services/T/B/x",
          "EMPTY", "",
          "LINES", "a\nb");

  private static final String SOURCE =
      "sources: [{ name: lab, type: ionq, api_key: '${KEY}', organization: o-1 }]\n";

  private static final String HOOKS =
      "receivers: [{ name: hooks, webhook: { url: https://hooks.example.org/x } }]\n";

  private static final String MINIMAL = SOURCE + HOOKS + "policies: [p.yaml]\n";

  @TempDir Path folder;

  @BeforeEach
  void oneFinePolicy() throws IOException {
    write("p.yaml", policy("select: { source: lab }", "rules: [{ name: r, when: spent > 1 }]"));
  }

  @Test
  void minimalConfigurationHasItsDefaults() throws IOException {
    Config config = read(MINIMAL);
    assertThat(config.server().host()).isEqualTo("127.0.0.1");
    assertThat(config.server().port()).isEqualTo(9797);
    assertThat(config.server().token()).isEmpty();
    assertThat(config.storage().url())
        .isEqualTo("jdbc:sqlite:" + Path.of("data/spendwarden.db").toAbsolutePath());
    assertThat(config.storage().retention()).isEqualTo(Duration.ofDays(400));
    assertThat(config.egressAllow()).isEmpty();
    assertThat(config.route().receiver()).isEqualTo("hooks");
    assertThat(config.metrics()).isEqualTo(new Config.Metrics(2000, false));
    assertThat(config.heartbeat()).isEmpty();
    assertThat(config.watch()).isFalse();
    assertThat(config.policies()).hasSize(1);
    SourceConfig lab = config.sources().getFirst();
    assertThat(lab.baseUrl()).isEqualTo(URI.create("https://api.ionq.co/v0.3"));
    assertThat(lab.credential().reveal()).isEqualTo("k-123456");
    assertThat(lab.pollInterval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(lab.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(lab.maxAge()).isEqualTo(Duration.ofHours(1));
    assertThat(lab.settings())
        .isEqualTo(
            new SourceSettings.Ionq(
                "o-1", "ignore", "v0.3", "user", SourceSettings.WindowEvery.MONTH, 1));
    assertThat(config.receivers().getFirst().integration())
        .isInstanceOfSatisfying(
            Integration.Webhook.class,
            hook -> {
              assertThat(hook.timeout()).isEqualTo(Duration.ofSeconds(15));
              assertThat(hook.format()).isEqualTo(Integration.Webhook.Format.STANDARD);
              assertThat(hook.retry()).first().isEqualTo(Duration.ofSeconds(5));
            });
  }

  @Test
  void everySectionOfTheReferenceIsRead() throws IOException {
    for (String name : List.of("token", "hook-url", "hook-secret", "actor")) {
      secretFile(name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
    secretFile("hook-url", "https://hooks.slack.com/services/T/B/x");
    Config config = read(resource("everything.yaml"));
    assertThat(config.server().externalUrl()).contains(URI.create("https://spend.example.org"));
    assertThat(config.egressAllow()).containsExactly("10.20.0.0/16");
    assertThat(config.sources())
        .extracting(SourceConfig::name)
        .containsExactly("lab", "claude", "github-corvid", "gcore-edge");
    assertThat(config.sources().get(2).settings())
        .isEqualTo(
            new SourceSettings.Github(
                "corvid",
                List.of("detailed", "ai_credit"),
                Duration.ofSeconds(5),
                List.of("objects.githubusercontent.com"),
                List.of("organization", "product", "sku", "user", "cost_center")));
    assertThat(config.sources().get(3).settings())
        .isEqualTo(new SourceSettings.Gcore(true, List.of("ResellerExpenses")));
    assertThat(config.receivers()).hasSize(5);
    assertThat(config.receivers().get(0).integration())
        .isInstanceOfSatisfying(
            Integration.Slack.class,
            slack -> {
              assertThat(slack.appToken()).isPresent();
              assertThat(slack.approvers()).containsExactly("U012ABCDEF");
            });
    assertThat(config.receivers().get(3).integration())
        .isInstanceOfSatisfying(
            Integration.Alertmanager.class,
            am -> assertThat(am.resendDelay()).isEqualTo(Duration.ofMinutes(2)));
    assertThat(config.receivers().get(4).integration())
        .isInstanceOfSatisfying(
            Integration.Email.class,
            mail -> {
              assertThat(mail.to()).containsExactly("finops@example.org", "Ada <ada@example.org>");
              assertThat(mail.host()).isEqualTo("smtp.example.org");
              assertThat(mail.port()).isEqualTo(587);
              assertThat(mail.requireTls()).isTrue();
              assertThat(mail.login().orElseThrow().user()).isEqualTo("spend");
              assertThat(mail.timeout()).isEqualTo(Duration.ofSeconds(20));
            });
    assertThat(config.route().repeatInterval()).contains(Duration.ofHours(12));
    assertThat(config.route().routes().get(1).goOn()).isTrue();
    assertThat(config.route().routes().get(0).match())
        .isEqualTo(Map.of("team", List.of("quantum")));
    assertThat(config.actions().keySet())
        .containsExactly("cancel-queued", "stop-keys", "cap-github", "tell-scheduler");
    ActionConfig cancel = config.actions().get("cancel-queued");
    assertThat(cancel.atMost()).contains(20);
    assertThat(cancel.grace()).isEqualTo(Duration.ofMinutes(30));
    assertThat(cancel.mode()).isEqualTo(ActionConfig.Mode.DRY_RUN);
    assertThat(config.actions().get("stop-keys").undo()).isEqualTo(ActionConfig.Undo.PERIOD_END);
    assertThat(config.heartbeat()).contains(new Config.Heartbeat("hooks", Duration.ofHours(1)));
  }

  @Test
  void referencesAreReplacedAndThenTyped() throws IOException {
    Config config = read("server: { port: '${PORT}', host: '${HOST:-localhost}' }\n" + MINIMAL);
    assertThat(config.server().port()).isEqualTo(9000);
    assertThat(config.server().host()).isEqualTo("localhost");
  }

  record Row(String text, String problem) {
    @Override
    public String toString() {
      return text;
    }
  }

  /// Each text stands in line 1, before a configuration that is fine without it.
  static Stream<Row> refused() {
    String plain =
        "'token' is written in plain; take it from the environment (${NAME}) or use 'token_file'";
    return Stream.of(
        new Row("serverr: {}", "1:1: unknown key 'serverr'; did you mean 'server'?"),
        new Row(
            "server: { port: 70000 }",
            "1:17: 'port' must be a whole number from 0 to 65535, not '70000'"),
        new Row(
            "server: { port: '${KEY}' }",
            "1:17: 'port' must be a whole number from 0 to 65535, not the value of '${KEY}'"),
        new Row("server: { port: ${ABSENT} }", null),
        new Row(
            "server: { host: 'x${ABSENT}' }",
            "1:19: the environment variable ABSENT is not set; set it or, for what is no secret,"
                + " give a default: ${ABSENT:-…}"),
        new Row(
            "server: { host: '${A B}' }",
            "1:18: '${' begins no reference; write ${NAME} or ${NAME:-default}"),
        new Row(
            "server: { host: 0.0.0.0 }",
            "1:11: binding to '0.0.0.0' without a token would let anybody change things; set"
                + " 'token_file', or bind to 127.0.0.1"),
        new Row(
            "server: { host: anywhere.example }",
            "1:11: binding to 'anywhere.example' without a token would let anybody change things;"
                + " set 'token_file', or bind to 127.0.0.1"),
        new Row("server: { token: abc }", "1:18: " + plain),
        new Row("server: { token: '${NOPE:-abc}' }", "1:18: " + plain),
        new Row("server: { token: '${EMPTY}' }", "1:18: 'token' is empty"),
        new Row(
            "server: { token: '${LINES}' }",
            "1:18: token holds more than one line, or control characters"),
        new Row(
            "server: { token: '${KEY}', token_file: x }",
            "1:28: 'token' and 'token_file' are both given; keep one"),
        new Row(
            "storage: { url: 'jdbc:mysql://x/y' }",
            "1:17: 'url' must begin with jdbc:sqlite: or jdbc:postgresql:"),
        new Row(
            "storage: { url: 'jdbc:sqlite::memory:' }",
            "1:17: 'url' must name a file: jdbc:sqlite:PATH; a store in memory forgets"),
        new Row(
            "storage: { url: 'jdbc:postgresql://h/d?password=x' }",
            "1:17: no user or password in 'url'; use 'user' and 'password_file'"),
        new Row("storage: { user: x }", "1:12: 'user' has no meaning for SQLite"),
        new Row("storage: { retention: 1h }", "1:23: 'retention' must be at least 1d, not '1h'"),
        new Row(
            "egress: { allow: [10.0.0.0/33] }",
            "1:19: 'allow' must be an address or a network such as 10.20.0.0/16, not"
                + " '10.0.0.0/33'"),
        new Row(
            "heartbeat: { receiver: hoks }",
            "1:14: unknown receiver 'hoks'; did you mean 'hooks'?"),
        new Row(
            "route: { receiver: hoks }", "1:10: unknown receiver 'hoks'; did you mean 'hooks'?"),
        new Row(
            "route: { routes: [{ match: { a: b }, receiver: pager }] }",
            "1:38: unknown receiver 'pager'; there are hooks"),
        new Row(
            "route: { match: { a: b } }",
            "1:10: the root of the route tree takes everything: 'match' belongs to its routes"),
        new Row(
            "route: { mute_time_intervals: [x] }",
            "1:10: the root of the route tree is never mute, or some alerts would reach nobody:"
                + " 'mute_time_intervals' belongs to its routes"),
        new Row(
            "route: { group_by: ['...', team] }",
            "1:20: '...' in 'group_by' means all labels: it stands alone"),
        new Row("route: { group_by: [team, team] }", "1:27: duplicate label 'team' in 'group_by'"),
        new Row(
            "route: { group_wait: 30s }",
            "1:10: warning: 'group_wait' does nothing without 'group_by': every change is told at"
                + " once"),
        new Row(
            "route: { group_by: [team], group_interval: 0s }",
            "1:44: 'group_interval' must be at least 1ms, not '0s'"),
        new Row(
            "time_intervals: [{ name: nights, time_intervals: [{}] }]\n"
                + "route: { routes: [{ mute_time_intervals: [night] }] }",
            "2:43: unknown time interval 'night'; did you mean 'nights'?"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ times: [{ start_time: '9:00', end_time:"
                + " '17:00' }] }] }]",
            "1:70: 'start_time' must be a time of the day from 00:00 to 24:00, such as 09:30, not"
                + " '9:00'"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ times: [{ start_time: '22:00',"
                + " end_time: '06:00' }] }] }]",
            "1:79: 'end_time' must be after 'start_time'; a night is two entries, to 24:00 and from"
                + " 00:00"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ weekdays: ['mondy:friday'] }] }]",
            "1:59: 'weekdays' must be a weekday or a range such as monday:friday, not"
                + " 'mondy:friday'; did you mean 'monday'?"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ weekdays: ['saturday:monday'] }] }]",
            "1:59: the range 'saturday:monday' ends before it begins; write it as two (weeks begin"
                + " on Sunday here)"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ days_of_month: ['-1:5'] }] }]",
            "1:64: a range of days that begins at the month's end must end there too"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ months: [13] }] }]",
            "1:57: 'months' must be a month or a range such as april:june or 4:6, not '13'"),
        new Row(
            "time_intervals: [{ name: n, time_intervals: [{ location: Europe/Berlim }] }]",
            "1:58: unknown time zone 'Europe/Berlim'; did you mean 'Europe/Berlin'?"),
        new Row(
            "actions: { a: { type: ionq.cancel } }",
            "1:23: 'type' must be one of ionq.cancel_jobs, anthropic.disable_keys,"
                + " anthropic.rate_limit, github.set_budget, webhook, not 'ionq.cancel'; did you"
                + " mean 'ionq.cancel_jobs'?"),
        new Row(
            "actions: { a: { type: github.set_budget, product: actions, token: '${KEY}', source:"
                + " lab } }",
            "1:85: source 'lab' is of type ionq; this action needs one of type github"),
        new Row(
            "actions: { a: { type: ionq.cancel_jobs, source: lab, mode: yes, api_key: '${KEY}' } }",
            "1:60: 'mode' must be one of dry_run, approve, auto, not 'yes'"),
        new Row(
            "actions: { a: { type: ionq.cancel_jobs, source: lab, target: labels.usr, api_key:"
                + " '${KEY}' } }",
            "1:62: unknown label 'usr'; did you mean 'user'?"),
        new Row(
            "actions: { a: { type: webhook, url: 'http://127.0.0.1/x' } }",
            "1:37: connections to '127.0.0.1' are refused; open them with egress.allow:"
                + " [127.0.0.1]"),
        new Row(
            "metrics: { show_people: no }", "1:25: 'show_people' must be true or false, not 'no'"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Row row) throws IOException {
    List<String> problems = problems(row.text() + "\n" + MINIMAL);
    if (row.problem() == null) {
      // An unquoted reference inside braces is broken YAML; that it is refused is enough.
      assertThat(problems).isNotEmpty();
      return;
    }
    assertThat(problems).containsExactly(file() + ":" + row.problem());
  }

  /// Each text replaces the sources; the policy's own complaint of them is left out.
  static Stream<Row> refusedSources() {
    String lab = "sources: [{ name: lab, type: ionq, api_key: '${KEY}', organization: o-1";
    return Stream.of(
        new Row(
            "sources: [{ name: lab, type: ion }]",
            "1:30: 'type' must be one of ionq, anthropic, github, gcore, not 'ion'; did you mean"
                + " 'ionq'?"),
        new Row(
            lab + ", poll_interval: 199ms }]",
            "1:89: 'poll_interval' must be at least 200ms, not '199ms'"),
        new Row(lab + ", apikey: x }]", "1:74: unknown key 'apikey'; did you mean 'api_key'?"),
        new Row(
            lab + ", base_url: 'ftp://x' }]",
            "1:84: a URL must begin with https:// (or http:// where egress.allow opens it)"),
        new Row(
            lab + ", base_url: 'http://api.ionq.co/v0.3' }]",
            "1:84: http is not encrypted: use https, or open the network of 'api.ionq.co' with"
                + " egress.allow"),
        new Row(
            lab + ", base_url: 'http://localhost:9798/' }]",
            "1:84: connections to 'localhost' are refused; open them with egress.allow:"
                + " [127.0.0.0/8]"),
        new Row(
            lab + ", base_url: 'https://192.168.1.1/' }]",
            "1:84: connections to '192.168.1.1' are refused; open them with egress.allow:"
                + " [192.168.1.1]"),
        new Row(
            lab + ", base_url: 'https://u:p@x.org/' }]",
            "1:84: a URL here has no user, password or #fragment"),
        new Row(
            lab + ", window: { every: month, from: 32 } }]",
            "1:104: 'from' must be a whole number from 1 to 31, not '32'"),
        new Row(
            lab + ", balance_means: left }]",
            "1:89: 'balance_means' must be one of remaining, spent, ignore, not 'left'"),
        new Row(
            lab + " }, { name: lab, type: gcore, api_key: '${KEY}' }]",
            "1:78: duplicate source name 'lab'; the first is in line 1"),
        new Row(
            "sources: [{ name: lab, type: ionq, api_key: '${KEY}', organization: a/b }]",
            "1:69: 'organization' must be an id of letters, digits, '.', '_' and '-', not 'a/b'"),
        new Row(
            "sources: [{ name: lab, type: ionq, organization: o }]",
            "1:11: 'api_key' or 'api_key_file' is missing"),
        new Row(
            "sources: [{ name: lab, type: github, token: '${KEY}', enterprise: e, reports: [detail]"
                + " }]",
            "1:80: 'reports' must be one of detailed, summarized, premium_request, ai_credit, not"
                + " 'detail'; did you mean 'detailed'?"));
  }

  @ParameterizedTest
  @MethodSource
  void refusedSources(Row row) throws IOException {
    assertThat(problems(row.text() + "\n" + HOOKS + "policies: [p.yaml]\n"))
        .containsExactly(file() + ":" + row.problem());
  }

  static Stream<Row> refusedReceivers() {
    return Stream.of(
        new Row("{}", "1:22: a receiver has exactly one of slack, webhook, alertmanager, email"),
        new Row(
            "slack: { channel: '#x' }",
            "1:31: slack needs either 'token' (a bot) or 'webhook_url' (an incoming webhook)"),
        new Row(
            "slack: { token: '${KEY}' }", "1:31: 'channel' is missing: a bot posts to a channel"),
        new Row(
            "slack: { webhook_url: 'https://x.org/secret' }",
            "1:46: 'webhook_url' is written in plain; take it from the environment (${NAME}) or use"
                + " 'webhook_url_file'"),
        new Row(
            "webhook: { url: 'https://x.org', retry: [] }",
            "1:64: 'retry' needs at least one step"),
        new Row(
            "webhook: { url: 'https://x.org', format: teams }",
            "1:65: 'format' must be one of standard, alertmanager, cloudevents, not 'teams'"),
        new Row("webhook: { secret: '${KEY}' }", "1:33: 'url' or 'url_file' is missing"),
        new Row(
            "alertmanager: { url: 'http://[::1]:9093' }",
            "1:45: connections to '::1' are refused; open them with egress.allow:"
                + " [0:0:0:0:0:0:0:1]"),
        new Row(
            "slack: { webhook_url: '${HOOK}', app_token: '${KEY}' }",
            "1:31: 'app_token' needs 'token': buttons are on messages of a bot"),
        new Row(
            "slack: { channel: '#x', token: '${KEY}', approvers: U012ABCDEF }",
            "1:65: 'approvers' needs 'app_token': without it there are no buttons"),
        new Row(
            "slack: { channel: '#x', token: '${KEY}', app_token: '${KEY}', approvers: [ada] }",
            "1:98: an approver is the id of a Slack user, such as U012ABCDEF"));
  }

  private static String mail(String more) {
    return "email: { to: a@x.org, from: b@x.org, " + more + " }";
  }

  static Stream<Row> refusedMails() {
    String address = "not an address such as finops@example.org or \"FinOps <finops@example.org>\"";
    return Stream.of(
        new Row("email: { to: a@x.org, from: b@x.org }", "1:31: 'smarthost' is missing"),
        new Row(
            "email: { to: ['a@x.org\\r\\nBcc: c@x.org'], from: b@x.org, smarthost: 'x.org:25' }"
                .replace("'a@", "\"a@")
                .replace("c@x.org'", "c@x.org\""),
            "1:38: " + address),
        new Row("email: { to: a@x.org, from: nobody, smarthost: 'x.org:587' }", "1:52: " + address),
        new Row(
            "email: { to: [], from: b@x.org, smarthost: 'x.org:587' }",
            "1:37: a mail goes to 1 to 50 addresses"),
        new Row(
            mail("smarthost: x.org"),
            "1:72: a mail server and its port, such as smtp.example.org:587"),
        new Row(
            mail("smarthost: '10.0.0.1:587'"),
            "1:72: connections to '10.0.0.1' are refused; open them with egress.allow: [10.0.0.1]"),
        new Row(
            mail("smarthost: 'x.org:25', require_tls: false"),
            "1:72: without TLS only networks that egress.allow opens are connected to"),
        new Row(
            mail("smarthost: 'x.org:587', auth_username: me"),
            "1:31: 'auth_username' and 'auth_password' belong together"),
        new Row(
            mail("smarthost: 'x.org:587', auth_username: me, auth_password: hunter2"),
            "1:119: 'auth_password' is written in plain; take it from the environment (${NAME}) or"
                + " use 'auth_password_file'"),
        new Row(
            mail("smarthost: 'x.org:587', hello: 'a b'"),
            "1:92: a host name, which the mail server is greeted with"));
  }

  @ParameterizedTest
  @MethodSource
  void refusedMails(Row row) throws IOException {
    String text =
        "receivers: [{ name: r, " + row.text() + " }]\n" + SOURCE + "policies: [p.yaml]\n";
    assertThat(problems(text)).containsExactly(file() + ":" + row.problem());
  }

  @Test
  void aPasswordIsNotSentWithoutTls() throws IOException {
    String login =
        mail(
            "smarthost: '127.0.0.1:%d', auth_username: me, auth_password: '${KEY}',"
                + " require_tls: false");
    String rest = " }]\n" + SOURCE + "policies: [p.yaml]\negress: { allow: [127.0.0.0/8] }\n";
    assertThat(problems("receivers: [{ name: r, " + login.formatted(25) + rest))
        .singleElement()
        .asString()
        .endsWith("a password is not sent without TLS; remove one of both");
    assertThat(problems("receivers: [{ name: r, " + login.formatted(465) + rest)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void refusedReceivers(Row row) throws IOException {
    String way = row.text().equals("{}") ? "" : ", " + row.text();
    String text = "receivers: [{ name: r" + way + " }]\n" + SOURCE + "policies: [p.yaml]\n";
    String expected = row.problem().replace("1:22:", "1:13:");
    assertThat(problems(text)).containsExactly(file() + ":" + expected);
  }

  @Test
  void httpIsOpenedByEgress() throws IOException {
    String open = "egress: { allow: [127.0.0.0/8, '::1'] }\n";
    String source =
        "sources: [{ name: lab, type: ionq, api_key: '${KEY}', organization: o-1,"
            + " base_url: 'http://localhost:9798/v0.4/' }]\n";
    Config config = read(open + source + HOOKS + "policies: p.yaml\n");
    assertThat(config.egressAllow()).containsExactly("127.0.0.0/8", "0:0:0:0:0:0:0:1/128");
    assertThat(config.sources().getFirst().settings())
        .isInstanceOfSatisfying(
            SourceSettings.Ionq.class, s -> assertThat(s.api()).isEqualTo("v0.4"));
  }

  @Test
  void theTokenForReadingIsAnotherThanTheOneForChanging() throws IOException {
    secretFile("write", "s3cret");
    secretFile("read", "look\n");
    String server = "server: { token_file: write, read_token_file: read, host: 0.0.0.0 }\n";
    assertThat(read(server + MINIMAL).server().readToken().orElseThrow().reveal())
        .isEqualTo("look");
    secretFile("read", "s3cret");
    assertThat(problems(server + MINIMAL))
        .containsExactly(
            file()
                + ":1:30: the token for reading is the one for changing; whoever may read could"
                + " change things");
  }

  @Test
  void tlsNeedsACertificateAndAKeyThatIsClosedToOthers() throws IOException {
    String pem = "-----BEGIN %s-----\nAAAA\n-----END %s-----\n";
    write("cert.pem", pem.formatted("CERTIFICATE", "CERTIFICATE"));
    Path key = secretFile("key.pem", pem.formatted("PRIVATE KEY", "PRIVATE KEY"));
    String tls = "server: { tls: { cert_file: cert.pem, key_file: key.pem } }\n";
    Config.Tls read = read(tls + MINIMAL).server().tls().orElseThrow();
    assertThat(read.certFile()).hasFileName("cert.pem");
    assertThat(read.clientCaFile()).isEmpty();

    String half = "server: { tls: { cert_file: key.pem } }\n";
    assertThat(problems(half + MINIMAL))
        .containsExactly(
            file() + ":1:16: 'key_file' is missing: TLS needs both files",
            file() + ":1:29: 'cert_file' must name a readable PEM file with a CERTIFICATE");
    String swapped = "server: { tls: { cert_file: cert.pem, key_file: cert.pem } }\n";
    Files.setPosixFilePermissions(
        folder.resolve("cert.pem"), PosixFilePermissions.fromString("rw-------"));
    assertThat(problems(swapped + MINIMAL).getFirst()).contains("no private key as PEM");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problems(tls + MINIMAL).getFirst()).contains("run: chmod 600");
  }

  @Test
  void aRotatedFileThatIsOpenToOthersIsNotUsed() throws IOException {
    Path token = secretFile("token", "s3cret");
    Secret secret =
        read("server: { token_file: token }\n" + MINIMAL).server().token().orElseThrow();
    secretFile("token", "s3cret2");
    assertThat(secret.reveal()).isEqualTo("s3cret2");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw----r--"));
    assertThatThrownBy(secret::reveal)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void secretFilesOpenToOthersAreRefused() throws IOException {
    Path token = secretFile("token", "s3cret");
    String text = "server: { token_file: token }\n" + MINIMAL;
    assertThat(read(text).server().token().orElseThrow().reveal()).isEqualTo("s3cret");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(problems(text))
        .containsExactly(
            file()
                + ":1:23: the secret file "
                + token
                + " is open to group or others; run: chmod 600 "
                + token);
    Files.delete(token);
    assertThat(problems(text)).containsExactly(file() + ":1:23: no such file: " + token);
    secretFile("token", "");
    assertThat(problems(text))
        .containsExactly(file() + ":1:23: the secret file " + token + " is empty");
  }

  /// As Kubernetes mounts a Secret: links into a folder that is swapped, files that a group reads.
  @Test
  void oneGroupMayReadSecretFilesWhereItIsNamed() throws IOException {
    Path data = Files.createDirectory(folder.resolve("..2027_01_10"));
    Path token = Files.writeString(data.resolve("token"), "s3cret\n");
    Files.createSymbolicLink(folder.resolve("..data"), data.getFileName());
    Files.createSymbolicLink(folder.resolve("token"), Path.of("..data/token"));
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("r--r-----"));
    int group = (Integer) Files.getAttribute(token, "unix:gid");
    String text = "server: { token_file: token }\n" + MINIMAL;
    String named = "secret_files: { readable_by_group: %d }\n";

    assertThat(problems(text).getFirst()).contains("is open to group or others");
    assertThat(problems(named.formatted(group + 1) + text).getFirst())
        .as("another group")
        .contains("is open to group or others");
    Secret secret = read(named.formatted(group) + text).server().token().orElseThrow();
    assertThat(secret.reveal()).isEqualTo("s3cret");
    for (String mode : List.of("r--rw----", "r--r-x---", "r--r--r--", "rw-r---w-")) {
      Files.setPosixFilePermissions(token, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(secret::reveal).as(mode).hasMessageContaining("chmod 600");
    }
  }

  @Test
  void noMessageShowsASecret() throws IOException {
    String text =
        "server: { token: hunter2, port: '${KEY}' }\n"
            + "sources: [{ name: lab, type: ionq, api_key: hunter2, organization: '${HOOK}' }]\n"
            + "receivers: [{ name: s, slack: { webhook_url: hunter2, base_url: '${KEY}' } }]\n";
    assertThat(String.join("\n", problems(text)))
        .contains("is written in plain")
        .doesNotContain("hunter2", "k-123456", "hooks.slack.com");
  }

  @Test
  void noSecretIsInTheWordsOfAConfiguration() throws IOException {
    assertThat(read(MINIMAL).toString()).contains("o-1").doesNotContain("k-123456");
  }

  record Cross(String note, String policy, String config, String problem) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Cross> cross() {
    String rule = "rules: [{ name: r, when: a }]";
    String gcore = "sources: [{ name: lab, type: gcore, api_key: '${KEY}' }]\n";
    String two = HOOKS.replace("]", ", { name: more, webhook: { url: https://x.org } }]");
    return Stream.of(
        new Cross(
            "unknown source",
            policy("select: { source: [lab, lap] }", rule),
            SOURCE + HOOKS,
            "4:29: unknown source 'lap'; did you mean 'lab'?"),
        new Cross(
            "unknown receiver",
            policy("select: { source: lab }", "notify: [hoks]", rule),
            SOURCE + HOOKS,
            "5:14: unknown receiver 'hoks'; did you mean 'hooks'?"),
        new Cross(
            "unpermitted action",
            policy("select: { source: lab }", "rules: [{ name: r, when: a, actions: [stop] }]"),
            SOURCE + HOOKS,
            "5:43: unknown action 'stop'; there are none"),
        new Cross(
            "no quotas",
            policy("select: { source: lab, kind: quota }", rule),
            gcore + HOOKS,
            "4:28: source 'lab' (gcore) has no quotas; only ionq has"),
        new Cross(
            "no limit of the provider's",
            policy("select: { source: lab }", "budget: { limit: quota }", rule),
            gcore + HOOKS,
            "5:22: source 'lab' (gcore) reports no limit; write an amount such as 4000 USD"),
        new Cross(
            "no reports",
            policy("select: { source: lab, kind: reports }", rule),
            SOURCE + HOOKS,
            "4:28: source 'lab' (ionq) has no report tasks; github and gcore have"),
        new Cross(
            "no receiver",
            policy("select: { source: lab }", rule),
            SOURCE + two,
            "3:5: policy 'p' has no receiver: give it 'notify', or the route tree a receiver at its"
                + " root; 'notify: none' is for metrics only"),
        new Cross(
            "no route matches",
            policy("select: { source: lab }", "labels: { team: a }", rule),
            SOURCE + two + "route: { routes: [{ match: { team: b }, receiver: hooks }] }\n",
            "3:5: policy 'p' has no receiver: give it 'notify', or the route tree a receiver at its"
                + " root; 'notify: none' is for metrics only"),
        new Cross(
            "a route matches",
            policy("select: { source: lab }", "labels: { team: b }", rule),
            SOURCE
                + two
                + "route: { routes: [{ match: { team: [a, b], severity: info }, receiver: hooks }]"
                + " }\n",
            ""),
        new Cross(
            "metrics only", policy("select: { source: lab }", "notify: none", rule), SOURCE, ""),
        new Cross(
            "approximate zone",
            policy("select: { source: lab }", "budget: { zone: Asia/Tokyo }", rule),
            gcore + HOOKS,
            "5:21: warning: " + CrossChecks.APPROXIMATE),
        new Cross(
            "a counter is exact in any zone",
            policy("select: { source: lab }", "budget: { zone: Asia/Tokyo }", rule),
            SOURCE + HOOKS,
            ""),
        new Cross(
            "held between polls",
            policy("select: { source: lab }", "data: { fresh_within: 1m }", rule),
            SOURCE + HOOKS,
            "5:27: warning: 'fresh_within' is shorter than a poll interval (lab is polled every"
                + " 5m): this policy is held between polls"));
  }

  @ParameterizedTest
  @MethodSource
  void cross(Cross row) throws IOException {
    write("p.yaml", row.policy());
    List<String> problems = problems(row.config() + "policies: [p.yaml]\n");
    if (row.problem().isEmpty()) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).containsExactly(folder.resolve("p.yaml") + ":" + row.problem());
    }
  }

  @Test
  void globsFindPoliciesAndPassOverTests() throws IOException {
    Files.createDirectories(folder.resolve("policies/deep"));
    String one = policy("select: { source: lab }", "rules: [{ name: r, when: a }]");
    write("policies/a.yaml", one.replace("name: p", "name: a"));
    write("policies/deep/b.yaml", one.replace("name: p", "name: b"));
    write("policies/a-test.yaml", "version: 1\ntests: []\n");
    write("policies/notes.txt", "not YAML: [");
    assertThat(read(SOURCE + HOOKS + "policies: [policies/*.yaml]\n").policies()).hasSize(1);
    assertThat(
            read(SOURCE + HOOKS + "policies: ['policies/{,**/}*.yaml', policies/a.yaml]\n")
                .policies())
        .extracting(p -> p.name())
        .containsExactly("a", "b");
    assertThat(problems(SOURCE + HOOKS + "policies: ['policies/*.yml', absent.yaml]\n"))
        .containsExactly(
            file() + ":3:12: no file matches '" + folder + "/policies/*.yml'",
            file() + ":3:30: no such policy file: " + folder.resolve("absent.yaml"));
  }

  private Path file() {
    return folder.resolve("spendwarden.yaml");
  }

  private Config read(String text) throws IOException {
    var result = result(text);
    assertThat(result.problems().stream().filter(Problem::isError)).isEmpty();
    return result.config().orElseThrow();
  }

  private List<String> problems(String text) throws IOException {
    var result = result(text);
    assertThat(result.config().isEmpty())
        .isEqualTo(result.problems().stream().anyMatch(Problem::isError));
    return result.problems().stream().map(Problem::toString).toList();
  }

  private ConfigReader.Result result(String text) throws IOException {
    write("spendwarden.yaml", text);
    return ConfigReader.read(file(), ENV, new FakeCompiler());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Path secretFile(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String resource(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/config", name));
  }

  private static String policy(String... lines) {
    return "version: 1\npolicies:\n  - name: p\n    " + String.join("\n    ", lines) + "\n";
  }
}
