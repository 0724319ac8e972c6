package dev.spendwarden.policy;

import dev.spendwarden.charge.Dimensions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// One policy's budget for one combination of `per` values. Lives across periods.
///
/// @param id stable: derived from the policy's name and the labels
/// @param labels the values of `per`
public record Budget(String id, String policy, Dimensions labels) {

  public static Budget of(String policy, Dimensions labels) {
    return new Budget("bud_" + digest(policy + "\n" + labels), policy, labels);
  }

  /// The first 16 hex digits of SHA-256: enough to tell apart, short enough to read out.
  public static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
