package dev.spendwarden.notify.email;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.LastTold;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/// Hands one mail for each notification to a mail server. All recipients or none: where the server
/// refuses one of them nobody is sent anything, so that an attempt is never half a delivery.
///
/// The Message-ID comes from the notification's id and is the same in every attempt; the mails of
/// one alert are replies to its first.
public final class EmailNotifier implements Notifier {

  /// Mail servers that speak TLS from the first byte listen here.
  private static final int IMPLICIT_TLS_PORT = 465;

  private final Settings settings;
  private final Dial dial;
  private final SSLSocketFactory tls;

  /// @param tls makes the encrypted layer and trusts certificates
  public EmailNotifier(Settings settings, Dial dial, SSLSocketFactory tls) {
    this.settings = settings;
    this.dial = dial;
    this.tls = tls;
  }

  /// @param from an address, with or without a name; checked
  /// @param to likewise
  /// @param hello what the server is greeted as
  /// @param requireTls whether the server must offer STARTTLS (on port 465 TLS is spoken anyway)
  /// @param timeout for one whole attempt
  public record Settings(
      String from,
      List<String> to,
      String host,
      int port,
      String hello,
      Optional<Login> login,
      boolean requireTls,
      Duration timeout) {
    public Settings {
      to = List.copyOf(to);
    }

    boolean implicitTls() {
      return port == IMPLICIT_TLS_PORT;
    }
  }

  /// @param password asked for in every attempt, so that a rotated file takes effect
  public record Login(String user, Supplier<String> password) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    Body body = Body.of(notification);
    Optional<EmailMemory> known = memory.flatMap(EmailMemory::parse);
    String id = notification.id() + "@" + domain();
    var mail =
        new MailMessage(
            id,
            known.map(EmailMemory::firstId),
            body.text("time").map(Instant::parse).orElseGet(notification::createdAt),
            addressOf(settings.from()).toString(),
            settings.to().stream().map(to -> addressOf(to).toString()).toList(),
            notification.type(),
            MailContent.of(notification, known.map(EmailMemory::told)));
    var next = new EmailMemory(known.map(EmailMemory::firstId).orElse(id), LastTold.of(body));
    DeliveryResult result = hand(mail.toBytes());
    return result instanceof DeliveryResult.Delivered
        ? new DeliveryResult.Delivered(Optional.of(next.toJson()))
        : result;
  }

  /// Of the sender; ids made there are ours to give.
  private String domain() {
    String address = addressOf(settings.from()).getAddress();
    return address.substring(address.lastIndexOf('@') + 1);
  }

  private static InternetAddress addressOf(String text) {
    try {
      return new InternetAddress(text, true);
    } catch (AddressException e) {
      throw new IllegalArgumentException("not an address of e-mail", e);
    }
  }

  private DeliveryResult hand(byte[] mail) {
    boolean encrypted = settings.requireTls() || settings.implicitTls();
    Socket socket;
    try {
      socket = dial.connect(settings.host(), settings.port(), settings.timeout(), encrypted);
    } catch (SocketTimeoutException e) {
      return retry("timeout: no connection");
    } catch (IOException e) {
      return retry("server: no connection");
    }
    try (var deadline = new Deadline(socket, settings.timeout())) {
      DeliveryResult result = talk(socket, mail);
      return deadline.hasPassed() && !(result instanceof DeliveryResult.Delivered)
          ? retry("timeout: the server did not answer in time")
          : result;
    }
  }

  private DeliveryResult talk(Socket socket, byte[] mail) {
    try (socket) {
      return converse(settings.implicitTls() ? encrypt(socket) : socket, mail);
    } catch (SSLException e) {
      return retry("tls: the server's certificate or version does not fit");
    } catch (IOException e) {
      return retry("server: the connection broke");
    }
  }

  private Socket encrypt(Socket socket) throws IOException {
    var layer = (SSLSocket) tls.createSocket(socket, settings.host(), settings.port(), true);
    SSLParameters parameters = layer.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    layer.setSSLParameters(parameters);
    layer.startHandshake();
    return layer;
  }

  private DeliveryResult converse(Socket socket, byte[] mail) {
    Session session = Session.getInstance(properties(), authenticator());
    var server = new SMTPTransport(session, new URLName("smtp", null, -1, null, null, null));
    try {
      server.connect(socket);
      server.sendMessage(new MimeMessage(session, new ByteArrayInputStream(mail)), recipients());
      return new DeliveryResult.Delivered(Optional.empty());
    } catch (MessagingException e) {
      return refused(e, server);
    } finally {
      close(server);
    }
  }

  private @Nullable Authenticator authenticator() {
    if (settings.login().isEmpty()) {
      return null;
    }
    Login login = settings.login().get();
    var known = new PasswordAuthentication(login.user(), login.password().get());
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return known;
      }
    };
  }

  private static void close(SMTPTransport server) {
    try {
      server.close();
    } catch (MessagingException e) {
      // What counts has been answered; the socket is closed by whoever opened it.
    }
  }

  private Address[] recipients() {
    var addresses = new ArrayList<Address>();
    settings.to().forEach(text -> addresses.add(addressOf(text)));
    return addresses.toArray(Address[]::new);
  }

  private Properties properties() {
    String millis = Long.toString(settings.timeout().toMillis());
    var properties = new Properties();
    properties.put("mail.smtp.host", settings.host());
    properties.put("mail.smtp.port", Integer.toString(settings.port()));
    properties.put("mail.smtp.localhost", settings.hello());
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.from", addressOf(settings.from()).getAddress());
    settings
        .login()
        .ifPresent(login -> {
          properties.put("mail.smtp.auth", "true");
          properties.put("mail.smtp.user", login.user());
        });
    properties.put("mail.smtp.starttls.enable", Boolean.toString(!settings.implicitTls()));
    properties.put(
        "mail.smtp.starttls.required",
        Boolean.toString(settings.requireTls() && !settings.implicitTls()));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.socketFactory", tls);
    properties.put("mail.smtp.sendpartial", "false");
    properties.put("mail.smtp.quitwait", "false");
    return properties;
  }

  /// 4xx passes, 5xx does not; without an answer nobody knows, and the mail is sent again with the
  /// same Message-ID. The texts of servers are not kept: they may quote the login.
  private DeliveryResult refused(MessagingException e, SMTPTransport server) {
    int code = server.getLastReturnCode();
    boolean temporary = code >= 400 && code < 500;
    boolean permanent = code >= 500 && code < 600;
    if (e instanceof AuthenticationFailedException) {
      return temporary
          ? retry("auth: SMTP " + code)
          : new DeliveryResult.Rejected("auth: SMTP " + code);
    }
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SSLException) {
        return retry("tls: the server's certificate or version does not fit");
      }
    }
    if (permanent) {
      return new DeliveryResult.Rejected("SMTP " + code);
    }
    if (temporary) {
      return retry("SMTP " + code);
    }
    // All went well so far, and then there was no STARTTLS on offer.
    boolean plain = settings.requireTls() && !settings.implicitTls() && !server.isSSL();
    return retry(
        plain && code / 100 == 2
            ? "tls: the server does not offer STARTTLS"
            : "server: the connection broke");
  }

  private static DeliveryResult retry(String error) {
    return new DeliveryResult.Retry(error, Optional.empty());
  }
}
