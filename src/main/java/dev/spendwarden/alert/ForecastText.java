package dev.spendwarden.alert;

import static dev.spendwarden.alert.ExplanationText.number;
import static dev.spendwarden.alert.ExplanationText.percent;

import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a forecast rests on, as lines for people.
final class ForecastText {

  private ForecastText() {}

  static List<String> lines(DayUse.Basis basis, ForecastScore score, Optional<Unit> unit) {
    var lines = new ArrayList<String>();
    Forecast forecast = basis.forecast();
    String rate = number(forecast.dailyRate()) + unit.map(u -> " " + u).orElse("");
    lines.add(
        "forecast from %d days, %s a day at present".formatted(forecast.parts().knownDays(), rate));
    if (forecast.coldStart()) {
      lines.add(
          "  cold start: %d earlier periods are known; below 3 the range is wide by assumption"
              .formatted(forecast.parts().experience().earlierPeriods()));
    }
    lines.add("  " + score(score));
    if (basis.settling().settledAfter() > 0) {
      lines.add("  " + settling(basis.settling()));
    }
    basis.days().forEach(use -> lines.add("  " + day(use)));
    return lines;
  }

  private static String score(ForecastScore score) {
    if (score.forecasts() == 0) {
      return "none was scored yet: a period by the calendar is, once it is final";
    }
    String off =
        score.measured() == 0
            ? ""
            : ", p50 was off by %s on average"
                .formatted(percent(score.meanAbsolutePercentageError()));
    return "%d were scored: %s of the periods ended between p10 and p90 (80 %% are meant to)%s"
        .formatted(score.forecasts(), percent(score.coverage()), off);
  }

  /// Up to the age at which a figure is final, five ages at the most.
  private static String settling(SettlingCurve curve) {
    var shares = new ArrayList<String>();
    int shown = Math.min(5, curve.settledAfter() - 1);
    for (int age = 1; age <= shown; age++) {
      shares.add("%s after %d".formatted(percent(curve.share(age)), age));
    }
    String ages = shares.isEmpty() ? "the running day comes late" : String.join(", ", shares);
    return "days come late, as learned from revisions (days until known): "
        + ages
        + "; final after "
        + curve.settledAfter();
  }

  private static String day(DayUse use) {
    String known = number(use.known());
    String taken = number(use.taken());
    return use.day()
        + "  "
        + switch (use.why()) {
          case RUNNING -> "runs: %s known, taken as %s by its end".formatted(known, taken);
          case COMPLETED ->
              "completed: %s known, usually %s by now, taken as %s"
                  .formatted(known, percent(use.share()), taken);
          case LEFT_OUT ->
              "left out: %s known, usually only %s by now; taken as %s, a usual day for the most part"
                  .formatted(known, percent(use.share()), taken);
          case CUT_BACK ->
              "cut back: %s is far outside the usual, %s of it is carried on"
                  .formatted(known, taken);
        };
  }
}
