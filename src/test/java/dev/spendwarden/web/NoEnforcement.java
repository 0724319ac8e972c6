package dev.spendwarden.web;

import dev.spendwarden.enforce.Decision;
import dev.spendwarden.web.Commands.Note;
import dev.spendwarden.web.Commands.Result;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Enforcement that notes what it was asked and allows everything.
final class NoEnforcement implements Enforcing {

  final List<String> calls = new ArrayList<>();
  final List<Decision.Request> questions = new ArrayList<>();

  private Result done(String call) {
    calls.add(call);
    return Result.Done.NOTHING_MADE;
  }

  @Override
  public Result approve(String actionId, Note note) {
    return done("approve " + actionId + " " + note.by());
  }

  @Override
  public Result reject(String actionId, Note note) {
    return done("reject " + actionId + " " + note.by());
  }

  @Override
  public Result undo(String actionId, Note note) {
    return done("undo " + actionId + " " + note.by());
  }

  @Override
  public boolean isEnabled() {
    return true;
  }

  @Override
  public Result enable(boolean enabled, Note note) {
    return done("enable " + enabled);
  }

  @Override
  public Decision decide(Decision.Request request) {
    questions.add(request);
    return new Decision(true, List.of(), Optional.of(new BigDecimal("45")), List.of());
  }

  @Override
  public Reserved reserve(Decision.Request request, Duration keep) {
    calls.add("reserve " + keep);
    return new Reserved(decide(request), Optional.empty());
  }

  @Override
  public Result settle(String holdId, BigDecimal amount) {
    return done("settle " + holdId + " " + amount.toPlainString());
  }

  @Override
  public Result release(String holdId) {
    return done("release " + holdId);
  }
}
