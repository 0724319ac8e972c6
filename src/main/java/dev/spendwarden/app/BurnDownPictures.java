package dev.spendwarden.app;

import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.BudgetPictures;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.picture.BurnDown;
import dev.spendwarden.notify.picture.BurnDownPainter;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Period;
import java.awt.AWTError;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pictures of budgets as the evaluation knows them now. Where this system cannot draw (a container
/// without fonts), that is said once and there are none.
final class BurnDownPictures implements BudgetPictures {

  private static final Logger LOG = LoggerFactory.getLogger(BurnDownPictures.class);

  /// The evaluation may be busy; a picture is not worth a longer wait.
  private static final long LONGEST_SECONDS = 3;

  private final Shards shards;
  private final DaemonClock clock;

  /// Set once, by whoever notices first.
  private volatile boolean unable;

  BurnDownPictures(Shards shards, DaemonClock clock) {
    this.shards = shards;
    this.clock = clock;
  }

  @Override
  public Optional<Picture> of(Notification notification) {
    if (unable) {
      return Optional.empty();
    }
    Optional<BudgetHistory> history =
        notification
            .budgetId()
            .map(id -> shards.snapshot().budgets().get(id))
            .filter(view -> isOf(notification, view))
            .flatMap(view -> history(view.assessment()));
    return history.flatMap(this::shown).flatMap(this::drawn);
  }

  /// An alert that its period's end closed is of a period that is no longer the budget's present
  /// one, of which the days are known.
  private static boolean isOf(Notification notification, Snapshot.BudgetView view) {
    return Body.of(notification)
        .object("budget")
        .object("period")
        .text("start")
        .equals(Optional.of(view.assessment().period().start().toString()));
  }

  private Optional<BudgetHistory> history(Assessment assessment) {
    try {
      return shards
          .ofBudget(assessment.budget().policy(), assessment.budget().labels())
          .ask(known ->
              known.history(
                  assessment.budget(), Optional.empty(), Optional.empty(), clock.instant()))
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("picture_without_days budget={}", assessment.budget().id(), e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<BurnDown> shown(BudgetHistory history) {
    Assessment latest = history.latest();
    Period period = latest.period();
    Instant now = clock.instant();
    Instant start = history.days().isEmpty() ? period.start() : firstOf(history);
    // A budget without an end by the calendar is drawn up to now.
    Instant end = period.end().isBefore(Period.FAR_FUTURE) ? period.end() : now;
    if (latest.spent().isEmpty() || !start.isBefore(end)) {
      return Optional.empty();
    }
    String labels =
        latest.budget().labels().asWords().entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(", "));
    String title = latest.budget().policy() + (labels.isEmpty() ? "" : " (" + labels + ")");
    return Optional.of(
        new BurnDown(
            title,
            latest.unit().map(Unit::code).orElse(""),
            period.zone(),
            start,
            end,
            points(history, start, now),
            latest.limit(),
            latest
                .forecast()
                .map(known -> new BurnDown.Forecast(known.p10(), known.p50(), known.p90()))));
  }

  private static Instant firstOf(BudgetHistory history) {
    Instant first = history.days().getFirst().day().atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant start = history.latest().period().start();
    return first.isBefore(start) ? start : first;
  }

  private static List<BurnDown.Point> points(BudgetHistory history, Instant start, Instant now) {
    var points = new ArrayList<BurnDown.Point>();
    BigDecimal sum = history.opening();
    points.add(new BurnDown.Point(start, sum));
    for (Day day : history.days()) {
      sum = sum.add(day.spent());
      Instant end = day.day().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      points.add(new BurnDown.Point(end.isAfter(now) ? now : end, sum));
    }
    return points;
  }

  private Optional<Picture> drawn(BurnDown picture) {
    try {
      String last = picture.spent().getLast().spent().toPlainString();
      String description =
          "Burn-down of %s: %s of %s %s spent"
              .formatted(
                  picture.title(),
                  last,
                  picture.limit().map(BigDecimal::toPlainString).orElse("no limit"),
                  picture.unit());
      return Optional.of(new Picture(BurnDownPainter.png(picture), picture.title(), description));
    } catch (RuntimeException | LinkageError | InternalError | AWTError e) {
      // Without fonts AWT fails in several ways, some of them errors of classes that cannot start.
      unable = true;
      LOG.warn(
          "pictures_switched_off because this system cannot draw: install fontconfig and a font to"
              + " have burn-down pictures in Slack",
          e);
      return Optional.empty();
    }
  }
}
