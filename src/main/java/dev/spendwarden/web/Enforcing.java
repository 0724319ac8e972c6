package dev.spendwarden.web;

import dev.spendwarden.enforce.Decision;
import dev.spendwarden.enforce.Hold;
import dev.spendwarden.web.Commands.Note;
import dev.spendwarden.web.Commands.Result;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// What callers ask of enforcement. Thread-safe. All but [#decide] and [#isEnabled] block, and
/// their caller has been authenticated.
public interface Enforcing {

  Result approve(String actionId, Note note);

  Result reject(String actionId, Note note);

  Result undo(String actionId, Note note);

  boolean isEnabled();

  /// The kill switch.
  Result enable(boolean enabled, Note note);

  /// Never blocks: it answers from memory.
  Decision decide(Decision.Request request);

  /// Decides and, where the answer is yes, keeps the amount for so long.
  Reserved reserve(Decision.Request request, Duration keep);

  /// What was really spent, in the unit of the reservation.
  Result settle(String holdId, BigDecimal amount);

  Result release(String holdId);

  /// @param hold empty when the answer is no
  record Reserved(Decision decision, Optional<Hold> hold) {}
}
