package dev.spendwarden.notify.email;

import static dev.spendwarden.notify.email.EmailNotifierContractTest.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.DeliveryResult.Delivered;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real SMTP conversations with a stand-in on loopback: what the mail holds, threads, TLS, login,
/// deadlines.
class EmailNotifierTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @TempDir static Path folder;

  private static SSLContext certified;

  private final Notification fired = NotifyFixtures.scene().notification();

  /// A certificate for `localhost`, trusted by whoever uses the same context.
  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("localhost.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "mail",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-validity",
                "2")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, "changeit".toCharArray());
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    certified = SSLContext.getInstance("TLS");
    certified.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  private static EmailNotifier plain(SmtpStandIn server) {
    return new EmailNotifier(
        EmailNotifierContractTest.settings(server.port(), false, TIMEOUT),
        PLAIN,
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  private static MimeMessage parsed(byte[] mail) throws Exception {
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail));
  }

  private static String part(MimeMessage mail, int index) throws Exception {
    var parts = (MimeMultipart) mail.getContent();
    return (String) parts.getBodyPart(index).getContent();
  }

  @Test
  void aMailSaysItAsTextAndAsHtml() throws Exception {
    try (var server = new SmtpStandIn(null)) {
      assertThat(plain(server).send(fired, Optional.empty())).isInstanceOf(Delivered.class);
      MimeMessage mail = parsed(server.mails().getFirst());
      assertThat(mail.getSubject()).isEqualTo("Warning: ionq-user-quota (user=u1, team=quantum)");
      assertThat(mail.getMessageID()).isEqualTo("<" + fired.id() + "@corvid.example>");
      assertThat(mail.getSentDate().toInstant()).isEqualTo(NotifyFixtures.AT);
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(mail.getAllRecipients())
          .extracting(Object::toString)
          .containsExactly("finops@corvid.example", "Ada <ada@corvid.example>");
      assertThat(part(mail, 0))
          .contains("u1 has used 82 % (205 of 250 USD)")
          .contains("Spent: 205 of 250 USD", "Forecast: 301.12 USD (230 – 410.5)", fired.id());
      assertThat(part(mail, 1)).contains("<td>205 of 250 USD</td>", "<a href=\"https://spend");
      assertThat(server.commands())
          .contains(
              "EHLO daemon.corvid.example",
              "MAIL FROM:<spend@corvid.example>",
              "RCPT TO:<finops@corvid.example>",
              "RCPT TO:<ada@corvid.example>");
    }
  }

  @Test
  void theMailsOfAnAlertAreRepliesToItsFirst() throws Exception {
    try (var server = new SmtpStandIn(null)) {
      EmailNotifier notifier = plain(server);
      Optional<String> memory = ((Delivered) notifier.send(fired, Optional.empty())).memory();
      Notification escalated = NotifyFixtures.scene().escalated().notification();
      memory = ((Delivered) notifier.send(escalated, memory)).memory();
      Notification resolved = NotifyFixtures.scene().resolved().notification();
      notifier.send(resolved, memory);
      assertThat(parsed(server.mails().get(0)).getHeader("References")).isNull();
      for (int i = 1; i < 3; i++) {
        MimeMessage mail = parsed(server.mails().get(i));
        assertThat(mail.getHeader("In-Reply-To"))
            .containsExactly("<" + fired.id() + "@corvid.example>");
        assertThat(mail.getHeader("References"))
            .containsExactly("<" + fired.id() + "@corvid.example>");
      }
      assertThat(part(parsed(server.mails().get(1)), 0))
          .contains("Since 2027-01-20T09:05:00Z:", "spent 205 → 260 (+55) USD");
    }
  }

  @Test
  void foreignTextCannotAddAHeaderOrMarkup() throws Exception {
    String attack = "u1\r\nBcc: everyone@evil.example\r\n\r\n<script>alert(1)</script>\u202e";
    Notification notification =
        NotifyFixtures.scene()
            .withLabels(Map.of("team", attack), Dimensions.of(Dimension.USER, attack))
            .withRule(attack)
            .withRunbook("javascript:alert(1)")
            .notification();
    try (var server = new SmtpStandIn(null)) {
      plain(server).send(notification, Optional.empty());
      MimeMessage mail = parsed(server.mails().getFirst());
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(mail.getSubject()).doesNotContain("\r", "\n", "\u202e");
      assertThat(part(mail, 1)).contains("&lt;script&gt;").doesNotContain("<script", "javascript:");
      assertThat(part(mail, 0)).doesNotContain("javascript:");
      assertThat(server.commands()).noneMatch(command -> command.contains("evil"));
    }
  }

  private static EmailNotifier secured(
      SmtpStandIn server, Optional<EmailNotifier.Login> login, SSLSocketFactory tls) {
    var settings =
        new EmailNotifier.Settings(
            "spend@corvid.example",
            List.of("finops@corvid.example"),
            "localhost",
            server.port(),
            "daemon.corvid.example",
            login,
            true,
            TIMEOUT);
    Dial named =
        (host, port, timeout, encrypted) ->
            new Socket(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}), port);
    return new EmailNotifier(settings, named, tls);
  }

  @Test
  void theLoginIsSentUnderTlsOnly() {
    var login = Optional.of(new EmailNotifier.Login("spend", () -> "hunter2"));
    try (var server = new SmtpStandIn(certified.getSocketFactory())) {
      assertThat(secured(server, login, certified.getSocketFactory()).send(fired, Optional.empty()))
          .isInstanceOf(Delivered.class);
      List<String> commands = server.commands();
      String word =
          Base64.getEncoder()
              .encodeToString("spend\0spend\0hunter2".getBytes(StandardCharsets.UTF_8));
      assertThat(commands).contains("STARTTLS", "AUTH PLAIN " + word);
      assertThat(commands.indexOf("STARTTLS")).isLessThan(commands.indexOf("AUTH PLAIN " + word));
    }
  }

  @Test
  void aServerThatOffersNoTlsIsToldNothing() {
    var login = Optional.of(new EmailNotifier.Login("spend", () -> "hunter2"));
    try (var server = new SmtpStandIn(certified.getSocketFactory()).hidesTls()) {
      assertThat(secured(server, login, certified.getSocketFactory()).send(fired, Optional.empty()))
          .isEqualTo(
              new DeliveryResult.Retry(
                  "tls: the server does not offer STARTTLS", Optional.empty()));
      assertThat(server.commands()).noneMatch(c -> c.startsWith("AUTH") || c.startsWith("MAIL"));
    }
  }

  @Test
  void aCertificateThatNobodyTrustsEndsTheAttempt() {
    try (var server = new SmtpStandIn(certified.getSocketFactory())) {
      var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
      DeliveryResult result = secured(server, Optional.empty(), tls).send(fired, Optional.empty());
      assertThat(result)
          .isEqualTo(
              new DeliveryResult.Retry(
                  "tls: the server's certificate or version does not fit", Optional.empty()));
      assertThat(server.mails()).isEmpty();
    }
  }

  @Test
  void aRefusedLoginDoesNotGetBetterByItself() {
    var login = Optional.of(new EmailNotifier.Login("spend", () -> "hunter2"));
    try (var server = new SmtpStandIn(certified.getSocketFactory())) {
      EmailNotifier notifier = secured(server, login, certified.getSocketFactory());
      server.answers("AUTH", "535 hunter2 is wrong");
      assertThat(notifier.send(fired, Optional.empty()))
          .isEqualTo(new DeliveryResult.Rejected("auth: SMTP 535"));
      server.answers("AUTH", "454 later");
      assertThat(notifier.send(fired, Optional.empty()))
          .isEqualTo(new DeliveryResult.Retry("auth: SMTP 454", Optional.empty()));
    }
  }

  @Test
  void aServerThatTricklesIsCutOff() {
    try (var server = new SmtpStandIn(null).trickles()) {
      var notifier =
          new EmailNotifier(
              EmailNotifierContractTest.settings(server.port(), false, Duration.ofMillis(400)),
              PLAIN,
              (SSLSocketFactory) SSLSocketFactory.getDefault());
      long start = System.nanoTime();
      assertThat(notifier.send(fired, Optional.empty()))
          .isEqualTo(
              new DeliveryResult.Retry(
                  "timeout: the server did not answer in time", Optional.empty()));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }
  }
}
