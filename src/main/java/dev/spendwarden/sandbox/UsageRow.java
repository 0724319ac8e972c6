package dev.spendwarden.sandbox;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One line of GitHub usage: what, how much, at which price, who and where. Empty text where a
/// column does not apply.
///
/// @param discount the share of `quantity` that costs nothing, in the same unit
public record UsageRow(
    LocalDate date,
    String product,
    String sku,
    String unitType,
    BigDecimal price,
    BigDecimal quantity,
    BigDecimal discount,
    String username,
    String organization,
    String repository,
    String workflow,
    String costCenter,
    String model) {

  private static final List<String> COMMON =
      List.of(
          "quantity",
          "unit_type",
          "applied_cost_per_quantity",
          "gross_amount",
          "discount_amount",
          "net_amount");

  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "detailed",
          columns(
              List.of("date", "product", "sku"),
              List.of(
                  "username", "organization", "repository", "workflow_path", "cost_center_name")),
          "summarized",
          columns(
              List.of("date", "product", "sku"),
              List.of("organization", "repository", "cost_center_name")),
          "premium_request",
          columns(
              List.of("date", "username", "product", "sku", "model"),
              List.of("exceeds_quota", "total_monthly_quota", "organization", "cost_center_name")),
          "ai_credit",
          columns(
              List.of("date", "username", "product", "sku", "model"),
              List.of(
                  "total_monthly_quota",
                  "organization",
                  "repository",
                  "cost_center_name",
                  "aic_quantity",
                  "aic_gross_amount",
                  "input",
                  "output",
                  "cache_read",
                  "cache_write")));

  private static List<String> columns(List<String> before, List<String> after) {
    var columns = new ArrayList<>(before);
    columns.addAll(COMMON);
    columns.addAll(after);
    return List.copyOf(columns);
  }

  /// A row of metered minutes with nothing included.
  public static UsageRow actions(
      LocalDate date, String sku, String price, String minutes, String organization, String repo) {
    return new UsageRow(
        date,
        "actions",
        sku,
        "minutes",
        new BigDecimal(price),
        new BigDecimal(minutes),
        BigDecimal.ZERO,
        "ada",
        organization,
        repo,
        ".github/workflows/ci.yml",
        "",
        "");
  }

  /// A row of AI credits at a cent each.
  public static UsageRow credits(
      LocalDate date, String username, String model, String credits, String organization) {
    return new UsageRow(
        date,
        "copilot",
        "copilot_ai_credits",
        "credits",
        new BigDecimal("0.01"),
        new BigDecimal(credits),
        BigDecimal.ZERO,
        username,
        organization,
        "",
        "",
        "",
        model);
  }

  BigDecimal gross() {
    return quantity.multiply(price);
  }

  BigDecimal net() {
    return quantity.subtract(discount).multiply(price);
  }

  /// The row without its amounts: GitHub has one line for all that share it.
  UsageRow line() {
    return with(date, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  UsageRow plus(UsageRow more) {
    return with(date, quantity.add(more.quantity), discount.add(more.discount));
  }

  UsageRow with(LocalDate date, BigDecimal quantity, BigDecimal discount) {
    return new UsageRow(
        date,
        product,
        sku,
        unitType,
        price,
        quantity,
        discount,
        username,
        organization,
        repository,
        workflow,
        costCenter,
        model);
  }

  /// Without what only the detailed report tells.
  UsageRow summarized() {
    return new UsageRow(
        date,
        product,
        sku,
        unitType,
        price,
        quantity,
        discount,
        "",
        organization,
        repository,
        "",
        costCenter,
        "");
  }

  /// Whether a report of this type lists the row.
  boolean isIn(String reportType) {
    return switch (reportType) {
      case "ai_credit" -> unitType.equals("credits");
      case "premium_request" -> unitType.equals("requests");
      default -> true;
    };
  }

  static List<String> columnsOf(String reportType) {
    return COLUMNS.getOrDefault(reportType, List.of());
  }

  String column(String name) {
    return switch (name) {
      case "date" -> date.toString();
      case "product" -> product;
      case "sku" -> sku;
      case "model" -> model;
      case "quantity", "aic_quantity" -> text(quantity);
      case "unit_type" -> unitType;
      case "applied_cost_per_quantity" -> text(price);
      case "gross_amount", "aic_gross_amount" -> text(gross());
      case "discount_amount" -> text(gross().subtract(net()));
      case "net_amount" -> text(net());
      case "username" -> username;
      case "organization" -> organization;
      case "repository" -> repository;
      case "workflow_path" -> workflow;
      case "cost_center_name" -> costCenter;
      case "exceeds_quota" -> "FALSE";
      case "total_monthly_quota" -> "1900";
      default -> "0";
    };
  }

  /// As the exports write decimals: `11.007`, `0.0`.
  private static String text(BigDecimal value) {
    BigDecimal plain = Json.number(value);
    return plain.signum() == 0 ? "0.0" : plain.toPlainString();
  }
}
