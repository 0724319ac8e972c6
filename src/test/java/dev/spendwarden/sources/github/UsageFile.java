package dev.spendwarden.sources.github;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Random;

/// Writes detailed reports of any length, the same ones for the same seed: a month of a large
/// enterprise, with names and amounts of the usual lengths and a quoted name here and there.
final class UsageFile {

  static final LocalDate FIRST = LocalDate.parse("2026-11-01");
  static final DateRange MONTH = new DateRange(FIRST, FIRST.plusDays(29));
  static final String HEADER =
      "date,product,sku,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
          + "net_amount,username,organization,repository,workflow_path,cost_center_name\n";

  private static final String[][] SKUS = {
    {"actions", "actions_linux", "minutes", "0.006"},
    {"actions", "actions_macos", "minutes", "0.062"},
    {"actions", "actions_storage", "gigabyte-hours", "0.00033602"},
    {"copilot", "copilot_for_business", "user-months", "19.0"},
    {"packages", "packages_bandwidth", "gigabytes", "0.5"}
  };

  private UsageFile() {}

  /// @return bytes written
  static long write(OutputStream target, long rows, long seed) throws IOException {
    var random = new Random(seed);
    var out = new BufferedOutputStream(target, 1 << 16);
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    out.write(header);
    long bytes = header.length;
    var line = new StringBuilder();
    for (long row = 0; row < rows; row++) {
      line.setLength(0);
      line(line, FIRST.plusDays(row * 30 / rows), random);
      byte[] encoded = line.toString().getBytes(StandardCharsets.UTF_8);
      out.write(encoded);
      bytes += encoded.length;
    }
    out.flush();
    return bytes;
  }

  private static void line(StringBuilder line, LocalDate day, Random random) {
    String[] sku = SKUS[random.nextInt(SKUS.length)];
    int quantity = random.nextInt(1_000_000);
    // Kept in whole units of 10⁻¹², to be written exactly.
    long price = new java.math.BigDecimal(sku[3]).movePointRight(8).longValueExact();
    long gross = price * quantity;
    boolean included = random.nextInt(4) == 0;
    line.append(day).append(',').append(sku[0]).append(',').append(sku[1]).append(',');
    decimal(line, quantity, 4);
    line.append(',').append(sku[2]).append(',').append(sku[3]).append(',');
    decimal(line, gross, 12);
    line.append(',');
    decimal(line, included ? gross : 0, 12);
    line.append(',');
    decimal(line, included ? 0 : gross, 12);
    int user = random.nextInt(800);
    line.append(",user-").append(user).append(",corvid-labs-").append(user % 12);
    int repository = random.nextInt(300);
    if (repository == 0) {
      line.append(",\"ios, client\"");
    } else {
      line.append(",service-").append(repository);
    }
    line.append(",.github/workflows/ci-").append(random.nextInt(9)).append(".yml,");
    line.append(user % 3 == 0 ? "" : "cost-center-" + user % 7).append('\n');
  }

  private static void decimal(StringBuilder line, long units, int scale) {
    var value = java.math.BigDecimal.valueOf(units, scale).stripTrailingZeros();
    line.append(value.scale() <= 0 ? value.toBigInteger() + ".0" : value.toPlainString());
  }
}
