package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `receivers[].email`, whose keys are Alertmanager's.
final class EmailReader {

  private static final Pattern SMARTHOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):([0-9]{1,5})");

  private static final int IMPLICIT_TLS_PORT = 465;

  private static final int RECIPIENTS_MAX = 50;

  private static final String HELLO = "spendwarden.localdomain";

  private final SecretReader secrets;
  private final Egress egress;

  EmailReader(SecretReader secrets, Egress egress) {
    this.secrets = secrets;
    this.egress = egress;
  }

  private record Server(String host, int port) {}

  Optional<Integration> read(YamlMapping email) {
    List<String> to = recipients(email);
    Optional<String> from = email.require("from").flatMap(EmailReader::address);
    boolean requireTls = email.flag("require_tls", true);
    Optional<Server> server =
        email.require("smarthost").flatMap(value -> server(value, requireTls));
    String hello = email.find("hello").flatMap(EmailReader::hello).orElse(HELLO);
    Optional<String> user = email.text("auth_username");
    Optional<Secret> password = secrets.read(email, "auth_password");
    checkLogin(email, requireTls || server.filter(s -> s.port() == IMPLICIT_TLS_PORT).isPresent());
    var timeout = ReceiverReader.timeout(email);
    var retry = ReceiverReader.retry(email);
    email.finish();
    if (to.isEmpty() || from.isEmpty() || server.isEmpty()) {
      return Optional.empty();
    }
    Optional<Integration.Email.Login> login =
        user.flatMap(name -> password.map(word -> new Integration.Email.Login(name, word)));
    return Optional.of(
        new Integration.Email(
            to,
            from.get(),
            server.get().host(),
            server.get().port(),
            hello,
            login,
            requireTls,
            timeout,
            retry));
  }

  private static List<String> recipients(YamlMapping email) {
    var to = new ArrayList<String>();
    Optional<YamlValue> value = email.require("to");
    List<YamlValue> items = value.map(YamlValue::oneOrMore).orElse(List.of());
    items.forEach(item -> address(item).ifPresent(to::add));
    if (value.isPresent() && (items.isEmpty() || items.size() > RECIPIENTS_MAX)) {
      value.get().error("a mail goes to 1 to " + RECIPIENTS_MAX + " addresses");
    }
    return to;
  }

  private static Optional<String> address(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    try {
      boolean oneLine = text.get().chars().noneMatch(Character::isISOControl);
      var address = new InternetAddress(text.get(), true);
      if (oneLine && address.getAddress().matches("[!-~]+@[A-Za-z0-9.-]+")) {
        return text;
      }
    } catch (AddressException e) {
      // Said below.
    }
    value.error("not an address such as finops@example.org or \"FinOps <finops@example.org>\"");
    return Optional.empty();
  }

  private Optional<Server> server(YamlValue value, boolean requireTls) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = SMARTHOST.matcher(text.get());
    int port = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
    if (port < 1 || port > 65_535) {
      value.error("a mail server and its port, such as smtp.example.org:587");
      return Optional.empty();
    }
    return egress.acceptsServer(value, text.get(), requireTls || port == IMPLICIT_TLS_PORT)
        ? Optional.of(new Server(parts.group(1).replaceAll("[\\[\\]]", ""), port))
        : Optional.empty();
  }

  private static Optional<String> hello(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isPresent() && !text.get().matches("[A-Za-z0-9.-]{1,255}")) {
      value.error("a host name, which the mail server is greeted with");
      return Optional.empty();
    }
    return text;
  }

  private static void checkLogin(YamlMapping email, boolean encrypted) {
    boolean user = email.has("auth_username");
    boolean password = email.has("auth_password") || email.has("auth_password_file");
    if (user != password) {
      email.problems().error(email.place(), "'auth_username' and 'auth_password' belong together");
    }
    if (password && !encrypted) {
      email
          .problems()
          .error(
              email.placeOf("require_tls"),
              "a password is not sent without TLS; remove one of both");
    }
  }
}
