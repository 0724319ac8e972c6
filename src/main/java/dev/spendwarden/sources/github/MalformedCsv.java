package dev.spendwarden.sources.github;

import java.io.IOException;

/// A report's file is not what GitHub documents. The message says where and what, and shows nothing
/// of the file's text. An `IOException`, so that it can leave a body reader.
final class MalformedCsv extends IOException {

  private static final long serialVersionUID = 1;

  MalformedCsv(long line, String what) {
    super("line " + line + ": " + what);
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
