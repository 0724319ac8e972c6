package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.web.Commands;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What people with the token may do to a running daemon.
final class OperatorCommands implements Commands {

  private static final long LONGEST_SECONDS = 30;

  private final Daemon daemon;

  OperatorCommands(Daemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public Result reload() {
    List<String> problems = daemon.reloader().reload();
    return problems.isEmpty()
        ? Result.Done.NOTHING_MADE
        : new Result.Refused("the configuration has problems; the former one stays", problems);
  }

  @Override
  public Result retry(String notificationId) {
    Result result =
        daemon
            .database()
            .transact(ports -> {
              Optional<Notification> found = ports.outbox().find(notificationId);
              if (found.isEmpty()) {
                return new Result.NotFound("no notification " + notificationId);
              }
              if (found.get().state() != Notification.State.DEAD) {
                return new Result.Conflict(
                    "it is " + found.get().state().word() + "; only a dead one can be retried");
              }
              ports.outbox().update(found.get().revived(daemon.now()));
              return Result.Done.NOTHING_MADE;
            });
    daemon.nudge();
    return result;
  }

  @Override
  public Result acknowledge(String alertId, Note note) {
    try {
      Optional<Alert> acked =
          daemon
              .evaluation()
              .ack(alertId, note.by())
              .toCompletionStage()
              .toCompletableFuture()
              .get(LONGEST_SECONDS, TimeUnit.SECONDS);
      return acked.isPresent()
          ? Result.Done.NOTHING_MADE
          : new Result.NotFound("no pending or firing alert " + alertId);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the alert could not be acknowledged", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public Result silence(NewSilence silence) {
    return new Result.Unsupported("silences are not kept yet");
  }

  @Override
  public Result unsilence(String silenceId) {
    return new Result.NotFound("no silence " + silenceId);
  }

  @Override
  public List<Silence> silences() {
    return List.of();
  }
}
