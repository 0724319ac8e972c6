package dev.spendwarden.sources;

import java.util.Locale;

/// Why a request or a poll failed. The same word stands in result, metric, log and API.
public enum FailureReason {
  /// 401 or 403: the credential is bad or lacks a right.
  AUTH,
  RATE_LIMITED,
  /// Any other 4xx: asking again the same way will not help.
  CLIENT,
  /// 5xx or a connection that could not be made or broke.
  SERVER,
  TIMEOUT,
  /// An answer that is not what the provider documents.
  MALFORMED,
  TOO_LARGE,
  /// Only a part of what was asked for came.
  PARTIAL,
  /// We refused: a redirect, a private address, a host that is not allowed.
  REFUSED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
