package dev.spendwarden.notify.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Notifier;
import dev.spendwarden.notify.NotifierContract;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmailNotifierContractTest extends NotifierContract {

  static final Dial PLAIN =
      (host, port, timeout, encrypted) -> new Socket(InetAddress.getLoopbackAddress(), port);

  private final SmtpStandIn server = new SmtpStandIn(null);

  static EmailNotifier.Settings settings(int port, boolean requireTls, Duration timeout) {
    return new EmailNotifier.Settings(
        "Spendwarden <spend@corvid.example>",
        List.of("finops@corvid.example", "Ada <ada@corvid.example>"),
        "localhost",
        port,
        "daemon.corvid.example",
        Optional.empty(),
        requireTls,
        timeout);
  }

  @Override
  protected Notifier notifier() {
    return new EmailNotifier(
        settings(server.port(), false, TIMEOUT),
        PLAIN,
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  @AfterEach
  @Override
  protected void stopReceiver() {
    server.close();
  }

  @Override
  protected List<byte[]> taken() {
    return server.mails();
  }

  record Row(String command, String answer, Class<? extends DeliveryResult> expected) {}

  /// What codes of HTTP are to the others: 4yz passes, 5yz does not, wherever it is said. (A server
  /// that does not know EHLO is greeted as in 1982, and there is no STARTTLS then.)
  static Stream<Row> answers() {
    return Stream.of("CONNECT", "MAIL", "RCPT", "DATA", "END")
        .flatMap(command ->
            Stream.of(
                new Row(command, "421 closing", DeliveryResult.Retry.class),
                new Row(command, "451 try later", DeliveryResult.Retry.class),
                new Row(command, "550 no", DeliveryResult.Rejected.class),
                new Row(command, "554 5.7.1 no", DeliveryResult.Rejected.class)));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void tellsAnswersApartAndAsksOnce(Row row) {
    server.answers(row.command(), row.answer());
    DeliveryResult result = send();
    assertThat(result).isInstanceOf(row.expected());
    assertThat(result.problem()).hasValue("SMTP " + row.answer().substring(0, 3));
    assertThat(server.mails()).hasSize(row.command().equals("END") ? 1 : 0);
  }
}
