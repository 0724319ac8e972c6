package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.spendwarden.web.SelfMade;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands before a daemon whose certificate is signed by an authority that nobody else knows.
class DaemonHttpTest {

  /// One of each way in which commands call.
  private static final List<List<String>> CALLS =
      List.of(
          List.of("explain", "quota/user=u1"),
          List.of("approve", "act_1"),
          List.of("drill", "hooks"));

  private static final List<String> agents = new CopyOnWriteArrayList<>();

  @TempDir private static Path folder;
  private static HttpsServer daemon;
  private static SelfMade client;
  private static volatile boolean asks;
  private static Path authority;
  private static Path another;

  @BeforeAll
  static void open() throws Exception {
    SelfMade own = SelfMade.make(folder, "daemon");
    authority = Files.writeString(folder.resolve("ca.pem"), own.certificatePem());
    another =
        Files.writeString(
            folder.resolve("another.pem"), SelfMade.make(folder, "another").certificatePem());
    daemon = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    client = SelfMade.make(folder, "client");
    daemon.setHttpsConfigurator(asking(own, client));
    daemon.createContext(
        "/",
        exchange -> {
          agents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
          byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    daemon.start();
  }

  /// Asks for the certificate of a client where [#asks] says so, from the next connection on.
  private static HttpsConfigurator asking(SelfMade own, SelfMade client) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own.store(), SelfMade.PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(client.store());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters tls = context.getDefaultSSLParameters();
        tls.setNeedClientAuth(asks);
        parameters.setSSLParameters(tls);
      }
    };
  }

  @AfterAll
  static void close() {
    daemon.stop(0);
  }

  private record Ran(int status, String said) {}

  private static Ran run(List<String> call, String... more) {
    return run(daemon.getAddress().getPort(), call, more);
  }

  private static Ran run(int port, List<String> call, String... more) {
    var arguments = new ArrayList<>(call);
    arguments.addAll(List.of("--url", "https://127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    var said = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(arguments.toArray(String[]::new));
    return new Ran(status, said.toString());
  }

  @Test
  void onlyTheAuthorityThatIsNamedIsTrusted() {
    for (List<String> call : CALLS) {
      agents.clear();
      assertThat(run(call).status()).as("%s, trusting what the JDK does", call).isNotZero();
      Ran wrong = run(call, "--ca-file", another.toString());
      assertThat(wrong.status()).as("%s, another authority", call).isNotZero();
      assertThat(wrong.said()).contains("--ca-file");
      assertThat(agents).isEmpty();

      Ran right = run(call, "--ca-file", authority.toString());
      assertThat(right.status()).as("%s: %s", call, right.said()).isZero();
      assertThat(agents).containsExactly("spendwarden/" + BuildVersion.text());
    }
  }

  @Test
  void aDaemonThatAsksForACertificateIsShownIt() throws Exception {
    Path certificate = Files.writeString(folder.resolve("own.pem"), client.certificatePem());
    Path key = Files.writeString(folder.resolve("own-key.pem"), client.keyPem());
    asks = true;
    try {
      for (List<String> call : CALLS) {
        agents.clear();
        Ran without = run(call, "--ca-file", authority.toString());
        assertThat(without.status()).as("%s, showing none", call).isNotZero();
        assertThat(without.said()).contains("--cert-file");
        assertThat(agents).isEmpty();

        Ran shown =
            run(
                call,
                "--ca-file",
                authority.toString(),
                "--cert-file",
                certificate.toString(),
                "--key-file",
                key.toString());
        assertThat(shown.status()).as("%s: %s", call, shown.said()).isZero();
        assertThat(agents).hasSize(1);
      }
    } finally {
      asks = false;
    }
  }

  /// As one does that misses a certificate, where its alert is not heard.
  @Test
  void aDaemonThatEndsTheConnectionWithoutAWordMayMissACertificate() throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    SelfMade silent = SelfMade.make(folder, "silent");
    keys.init(silent.store(), SelfMade.PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    Path trusted = Files.writeString(folder.resolve("silent.pem"), silent.certificatePem());
    try (var server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (!server.isClosed()) {
                try (var socket = (SSLSocket) server.accept()) {
                  socket.startHandshake();
                }
              }
            } catch (IOException e) {
              // The test has ended.
            }
          });
      for (List<String> call : CALLS) {
        Ran ran = run(server.getLocalPort(), call, "--ca-file", trusted.toString());
        assertThat(ran.status()).as(ran.said()).isNotZero();
        assertThat(ran.said()).contains("without an answer", "--cert-file");
      }
    }
  }

  @Test
  void aCertificateAndItsKeyGoTogether() throws Exception {
    SelfMade own = SelfMade.make(folder, "single");
    String certificate =
        Files.writeString(folder.resolve("single.pem"), own.certificatePem()).toString();
    Ran alone = run(CALLS.getLast(), "--cert-file", certificate);
    assertThat(alone.status()).isEqualTo(2);
    assertThat(alone.said()).contains("--key-file");
    Ran wrong = run(CALLS.getLast(), "--cert-file", certificate, "--key-file", certificate);
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.said()).contains("no key", certificate, "openssl pkcs8");
  }

  @Test
  void aDrillIsSaidToBeQueuedSinceNobodyKnowsYetWhetherItArrives() {
    assertThat(run(CALLS.getLast(), "--ca-file", authority.toString()).said())
        .startsWith("queued for hooks");
  }

  @Test
  void aFileWithoutCertificatesIsWrongUsage() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    for (String file : List.of(empty.toString(), folder.resolve("nowhere.pem").toString())) {
      Ran ran = run(CALLS.getLast(), "--ca-file", file);
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.said()).contains(file);
    }
  }
}
