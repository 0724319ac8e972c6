package dev.spendwarden.sources.github;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Exact sums of decimals, numbered from 0, without an object for a decimal.
///
/// A sum is a whole number of 10⁻¹⁸ in 128 bits. A decimal of up to 18 digits, 18 of them behind
/// the point, is added in a few instructions. Any other one, and a sum that comes near the end of
/// its bits, is added to a [BigDecimal] beside it: slower, and just as exact.
final class ExactSums {

  private static final int SCALE = 18;
  private static final int MAX_FAST_DIGITS = 18;
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  /// One addend is below 10³⁶, less than 2⁵⁶ of these.
  private static final long HIGH_LIMIT = 1L << 62;

  /// As the JSON of providers is bounded: arithmetic on `1e999999999` would not end.
  private static final int MAX_LENGTH = 200;

  private static final int MAX_EXPONENT = 60;
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");

  private static final long[] POWERS = new long[SCALE + 1];

  static {
    POWERS[0] = 1;
    for (int i = 1; i <= SCALE; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  /// Low and high half of each sum.
  private long[] halves = new long[64];

  private final Map<Integer, BigDecimal> beside = new HashMap<>();

  /// Makes room for sums up to this one.
  void grow(int lastSum) {
    if (2 * lastSum + 1 >= halves.length) {
      halves = Arrays.copyOf(halves, Math.max(halves.length * 2, 2 * lastSum + 2));
    }
  }

  /// Adds the decimal written in `data` from `start` to `end`.
  ///
  /// @return false when there is no decimal, or one beyond all measure: nothing was added
  boolean add(int sum, byte[] data, int start, int end) {
    boolean negative = start < end && data[start] == '-';
    int first = negative ? start + 1 : start;
    int point = end;
    long digits = 0;
    if (end - first > MAX_FAST_DIGITS + 1) {
      return addSlowly(sum, data, start, end);
    }
    for (int at = first; at < end; at++) {
      int digit = data[at] - '0';
      if (digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit;
      } else if (digit == '.' - '0' && point == end) {
        point = at;
      } else {
        return addSlowly(sum, data, start, end);
      }
    }
    int scale = point == end ? 0 : end - point - 1;
    int digitCount = end - first - (point == end ? 0 : 1);
    if (digitCount == 0 || digitCount > MAX_FAST_DIGITS) {
      return addSlowly(sum, data, start, end);
    }
    addScaled(sum, negative ? -digits : digits, POWERS[SCALE - scale]);
    return true;
  }

  private void addScaled(int sum, long digits, long power) {
    long low = digits * power;
    int at = 2 * sum;
    long newLow = halves[at] + low;
    long carry = Long.compareUnsigned(newLow, low) < 0 ? 1 : 0;
    long newHigh = halves[at + 1] + Math.multiplyHigh(digits, power) + carry;
    halves[at] = newLow;
    halves[at + 1] = newHigh;
    if (newHigh > HIGH_LIMIT || newHigh < -HIGH_LIMIT) {
      beside.merge(sum, ofHalves(sum), BigDecimal::add);
      halves[at] = 0;
      halves[at + 1] = 0;
    }
  }

  private boolean addSlowly(int sum, byte[] data, int start, int end) {
    if (end - start > MAX_LENGTH) {
      return false;
    }
    String text = new String(data, start, end - start, StandardCharsets.ISO_8859_1);
    if (!DECIMAL.matcher(text).matches()) {
      return false;
    }
    var decimal = new BigDecimal(text);
    if (Math.abs((long) decimal.scale()) > MAX_LENGTH + MAX_EXPONENT) {
      return false;
    }
    beside.merge(sum, decimal, BigDecimal::add);
    return true;
  }

  BigDecimal get(int sum) {
    BigDecimal total = ofHalves(sum).add(beside.getOrDefault(sum, BigDecimal.ZERO));
    return total.signum() == 0 ? BigDecimal.ZERO : total.stripTrailingZeros();
  }

  private BigDecimal ofHalves(int sum) {
    BigInteger low = BigInteger.valueOf(halves[2 * sum]);
    BigInteger unsigned = low.signum() < 0 ? low.add(TWO_TO_64) : low;
    BigInteger whole = BigInteger.valueOf(halves[2 * sum + 1]).shiftLeft(64).add(unsigned);
    return new BigDecimal(whole, SCALE);
  }
}
