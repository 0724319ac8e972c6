package dev.spendwarden.web;

import dev.spendwarden.policy.Facts;
import java.time.Duration;
import java.util.Map;

/// Facts of which only the share used is known.
record FixedFacts(double used) implements Facts {
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
