package dev.spendwarden.enforce;

import dev.spendwarden.sources.FailureReason;
import java.util.List;
import java.util.Map;

/// One way to act at a provider. Blocking, called by one thread at a time, never throws for what
/// the other side does. Nothing is retried here: whoever runs an action reads back first.
public interface Lever {

  /// What there is to act on now, with its former and its wanted state. Reads only.
  Found find(Action action);

  /// How the action's targets stand now. Reads only. Never called where [#readsBack()] is false.
  Seen look(Action action);

  /// Gives the targets their wanted state.
  Result act(Action action, List<Target> targets);

  /// Gives the targets their former state again. Never called where [#undoes()] is false.
  Result undo(Action action, List<Target> targets);

  boolean undoes();

  /// Whether [#look] can tell what a call did. Where it cannot, an accepted call counts as done and
  /// a repeated one must do no harm.
  boolean readsBack();

  /// Whether new targets turn up while a breach lasts, so that it is worth looking again.
  boolean renews();

  sealed interface Found {
    record Targets(List<Target> targets) implements Found {
      public Targets {
        targets = List.copyOf(targets);
      }
    }

    record NotRead(Failure failure) implements Found {}

    /// The action makes no sense for this budget, for good.
    record Impossible(String why) implements Found {}
  }

  sealed interface Seen {
    /// @param states by target id; one that is missing is [Standing#GONE]
    record States(Map<String, Standing> states) implements Seen {
      public States {
        states = Map.copyOf(states);
      }
    }

    record NotRead(Failure failure) implements Seen {}
  }

  enum Standing {
    /// As it was before the action.
    FORMER,
    /// As the action wants it.
    WANTED,
    /// Neither: somebody else changed it.
    CHANGED,
    /// Not there, or no longer something that can be acted on.
    GONE
  }

  sealed interface Result {
    record Accepted() implements Result {}

    record NotDone(Failure failure) implements Result {}
  }

  /// Why a call did not work.
  ///
  /// @param detail for people: no secrets, no text of the other side
  record Failure(FailureReason reason, String detail) {

    /// Whether the same call may work later, or may even have been done.
    public boolean mayPass() {
      return switch (reason) {
        case RATE_LIMITED, SERVER, TIMEOUT, MALFORMED, PARTIAL -> true;
        case AUTH, CLIENT, TOO_LARGE, REFUSED -> false;
      };
    }

    @Override
    public String toString() {
      return reason.word() + ": " + detail;
    }
  }
}
