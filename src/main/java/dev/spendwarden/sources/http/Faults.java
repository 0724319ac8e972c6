package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Turns what the network library throws into our reasons. Messages of the library are not passed
/// on, except those of TLS, which name what is wrong with a certificate and nothing private.
final class Faults {

  private Faults() {}

  /// Before the answer's headers were there.
  static RequestFailure beforeBody(Throwable cause) {
    if (find(cause, TooLongFrameException.class)) {
      return new RequestFailure(FailureReason.TOO_LARGE, "the answer's headers are too large");
    }
    if (find(cause, SSLException.class)) {
      return new RequestFailure(FailureReason.SERVER, "TLS failed: " + bounded(cause));
    }
    if (find(cause, ConnectTimeoutException.class) || find(cause, TimeoutException.class)) {
      return new RequestFailure(FailureReason.TIMEOUT, "no connection in time");
    }
    if (find(cause, ConnectException.class)) {
      return new RequestFailure(FailureReason.SERVER, "the connection was refused");
    }
    if (isBreak(cause)) {
      return new RequestFailure(
          FailureReason.SERVER, "the connection was closed before an answer came");
    }
    return new RequestFailure(FailureReason.MALFORMED, "the answer is not HTTP");
  }

  /// After `count` bytes of the body.
  static RequestFailure inBody(Throwable cause, long count) {
    if (find(cause, TooLongFrameException.class)) {
      return new RequestFailure(FailureReason.TOO_LARGE, "the answer's trailers are too large");
    }
    if (isBreak(cause) || find(cause, SSLException.class)) {
      return new RequestFailure(
          FailureReason.PARTIAL, "the answer was cut off after " + count + " bytes");
    }
    return new RequestFailure(
        FailureReason.MALFORMED, "the answer is not HTTP after " + count + " bytes of its body");
  }

  private static boolean isBreak(Throwable cause) {
    return find(cause, HttpClosedException.class)
        || find(cause, StreamResetException.class)
        || find(cause, PrematureChannelClosureException.class)
        || find(cause, IOException.class);
  }

  private static boolean find(Throwable cause, Class<? extends Throwable> type) {
    Throwable at = cause;
    for (int depth = 0; at != null && depth < 8; depth++) {
      if (type.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static String bounded(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}+", " ");
    return text.length() > 200 ? text.substring(0, 200) : text;
  }
}
