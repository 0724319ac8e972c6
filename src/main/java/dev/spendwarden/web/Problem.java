package dev.spendwarden.web;

import java.util.List;

/// An error as RFC 9457 wants it told. An exception, so that a handler can leave from anywhere; it
/// carries no stack trace, since it is an answer and not a bug.
///
/// @see Answers#problem
final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final transient List<String> problems;

  Problem(int status, String title, String detail, List<String> problems) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
    this.problems = List.copyOf(problems);
  }

  static Problem badRequest(String detail) {
    return new Problem(400, "Bad request", detail, List.of());
  }

  static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail, List.of());
  }

  static Problem unavailable(String detail) {
    return new Problem(503, "Not available", detail, List.of());
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  List<String> problems() {
    return problems;
  }
}
