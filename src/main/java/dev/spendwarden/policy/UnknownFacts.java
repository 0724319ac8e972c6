package dev.spendwarden.policy;

import java.time.Duration;
import java.util.Map;

/// A budget of which nothing is known: what an expression gives for it, it gives for every budget
/// (as long as it does not ask whether a label is there).
public enum UnknownFacts implements Facts {
  NONE;

  @Override
  public double spent() {
    return Double.NaN;
  }

  @Override
  public double limit() {
    return Double.NaN;
  }

  @Override
  public double left() {
    return Double.NaN;
  }

  @Override
  public double used() {
    return Double.NaN;
  }

  @Override
  public double elapsed() {
    return Double.NaN;
  }

  @Override
  public double burn(Duration window) {
    return Double.NaN;
  }

  @Override
  public double rate(Duration window) {
    return Double.NaN;
  }

  @Override
  public double increase(Duration window) {
    return Double.NaN;
  }

  @Override
  public double change(Duration window, Duration base) {
    return Double.NaN;
  }

  @Override
  public double forecast(int percentile) {
    return Double.NaN;
  }

  @Override
  public double probOver() {
    return Double.NaN;
  }

  @Override
  public double runway() {
    return Double.NaN;
  }

  @Override
  public double age() {
    return Double.NaN;
  }

  @Override
  public Map<String, String> labels() {
    return Map.of();
  }

  @Override
  public ReportFacts reports() {
    return ReportFacts.UNKNOWN;
  }
}
