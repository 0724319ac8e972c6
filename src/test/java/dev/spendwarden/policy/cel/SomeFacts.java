package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.Facts;
import java.time.Duration;
import java.util.Map;

/// Facts from a map of names to numbers, written as in an expression (`burn 1h`); what is left out
/// is not known.
record SomeFacts(Map<String, Double> numbers, Map<String, String> labels) implements Facts {

  static SomeFacts of(Object... namesAndNumbers) {
    var numbers = new java.util.HashMap<String, Double>();
    for (int i = 0; i < namesAndNumbers.length; i += 2) {
      numbers.put((String) namesAndNumbers[i], ((Number) namesAndNumbers[i + 1]).doubleValue());
    }
    return new SomeFacts(Map.copyOf(numbers), Map.of());
  }

  SomeFacts labelled(String... namesAndValues) {
    var labels = new java.util.HashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new SomeFacts(numbers, Map.copyOf(labels));
  }

  private double number(String name) {
    return numbers.getOrDefault(name, Double.NaN);
  }

  @Override
  public double spent() {
    return number("spent");
  }

  @Override
  public double limit() {
    return number("limit");
  }

  @Override
  public double left() {
    return number("left");
  }

  @Override
  public double used() {
    return number("used");
  }

  @Override
  public double elapsed() {
    return number("elapsed");
  }

  @Override
  public double burn(Duration window) {
    return number("burn " + window);
  }

  @Override
  public double rate(Duration window) {
    return number("rate " + window);
  }

  @Override
  public double increase(Duration window) {
    return number("increase " + window);
  }

  @Override
  public double change(Duration window, Duration base) {
    return number("change " + window + " " + base);
  }

  @Override
  public double forecast(int percentile) {
    return number("forecast.p" + percentile);
  }

  @Override
  public double probOver() {
    return number("prob_over");
  }

  @Override
  public double runway() {
    return number("runway");
  }

  @Override
  public double age() {
    return number("age");
  }

  @Override
  public ReportFacts reports() {
    return new ReportFacts(
        number("reports.failed"),
        number("reports.pending"),
        number("reports.degraded"),
        number("reports.newest_age"));
  }
}
