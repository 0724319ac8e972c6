package dev.spendwarden.notify.email;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// A mail server on loopback that holds a real SMTP conversation: EHLO, STARTTLS, AUTH, MAIL, RCPT,
/// DATA. It keeps the commands and the mails, and answers a command otherwise when it is told to.
final class SmtpStandIn implements AutoCloseable {

  private final ServerSocket server;
  private final Thread accepting;
  private final @Nullable SSLSocketFactory tls;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<byte[]> mails = new CopyOnWriteArrayList<>();
  private volatile boolean trickling;
  private volatile boolean offersTls;

  /// @param tls makes the server's side of STARTTLS; null: it is not offered
  SmtpStandIn(@Nullable SSLSocketFactory tls) {
    this.tls = tls;
    this.offersTls = tls != null;
    try {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    accepting = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// Answers a command (`CONNECT`, `EHLO`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `END`) with this.
  SmtpStandIn answers(String command, String line) {
    answers.put(command, line);
    return this;
  }

  /// Greets one byte a time and never to the end.
  SmtpStandIn trickles() {
    trickling = true;
    return this;
  }

  SmtpStandIn hidesTls() {
    offersTls = false;
    return this;
  }

  List<String> commands() {
    return commands;
  }

  List<byte[]> mails() {
    return mails;
  }

  String lastMail() {
    return new String(mails.getLast(), StandardCharsets.US_ASCII);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (trickling) {
        trickle(socket);
      } else {
        say(socket, answers.getOrDefault("CONNECT", "220 mail.example.org ready"));
        talk(socket, false);
      }
    } catch (IOException e) {
      // The other side has gone; so do we.
    }
  }

  private void trickle(Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(20);
    while (true) {
      out.write('2');
      out.flush();
      try {
        if (in.read() < 0) {
          return;
        }
      } catch (java.net.SocketTimeoutException e) {
        // Nothing was said; another byte.
      }
    }
  }

  private void talk(Socket socket, boolean encrypted) throws IOException {
    // One byte at a time: what follows STARTTLS belongs to the other layer.
    InputStream in = socket.getInputStream();
    for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
      commands.add(line.get());
      String verb = line.get().split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
      switch (verb) {
        case "EHLO" -> greet(socket, encrypted);
        case "STARTTLS" -> {
          say(socket, "220 go ahead");
          talk(encrypted(socket), true);
          return;
        }
        case "DATA" -> take(socket, in);
        case "QUIT" -> {
          say(socket, "221 bye");
          return;
        }
        case "AUTH" -> say(socket, answers.getOrDefault(verb, "235 welcome"));
        default -> say(socket, answers.getOrDefault(verb, "250 ok"));
      }
    }
  }

  private void greet(Socket socket, boolean encrypted) throws IOException {
    if (answers.containsKey("EHLO")) {
      say(socket, answers.get("EHLO"));
      return;
    }
    say(socket, "250-mail.example.org");
    if (offersTls && !encrypted) {
      say(socket, "250-STARTTLS");
    }
    say(socket, "250 AUTH PLAIN");
  }

  private Socket encrypted(Socket socket) throws IOException {
    SSLSocketFactory factory = tls;
    if (factory == null) {
      throw new IOException("no certificate");
    }
    var layer = (SSLSocket) factory.createSocket(socket, null, socket.getPort(), false);
    layer.setUseClientMode(false);
    layer.startHandshake();
    return layer;
  }

  private void take(Socket socket, InputStream in) throws IOException {
    String answer = answers.getOrDefault("DATA", "354 go on");
    say(socket, answer);
    if (!answer.startsWith("354")) {
      return;
    }
    var mail = new ByteArrayOutputStream();
    for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
      if (line.get().equals(".")) {
        mails.add(mail.toByteArray());
        say(socket, answers.getOrDefault("END", "250 taken"));
        return;
      }
      mail.writeBytes((line.get() + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static Optional<String> line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return Optional.of(line.toString());
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return Optional.empty();
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() {
    try {
      server.close();
      // Only when nobody waits for a connection any more is the port shut.
      accepting.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
