package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The ids of notifications: derived from what is told and to whom, never random, so that a restart
/// or a restore from backup repeats them and receivers can tell a duplicate. `swn_` and 32 hex
/// digits: no dots, which Standard Webhooks forbids in an id.
public final class NotificationIds {

  private static final String PREFIX = "swn_";

  /// 128 bits: no two of all notifications ever sent share an id by chance.
  private static final int BYTES = 16;

  /// Enough for most.
  private static final int INITIAL_BYTES = 256;

  private NotificationIds() {}

  /// Of (policy, budget labels, period start, transition kind, ordinal, receiver).
  public static String of(Transition transition, String receiver) {
    Alert alert = transition.alert();
    var parts = new ArrayList<String>();
    parts.add(transition.kind().type());
    parts.add(alert.policy());
    alert
        .budgetLabels()
        .asWords()
        .forEach((word, value) -> {
          parts.add(word);
          parts.add(value);
        });
    parts.add(alert.periodStart().toString());
    parts.add(Integer.toString(alert.ordinal()));
    parts.add(receiver);
    return of(parts);
  }

  /// A group is known by its route, its receiver and what its alerts have in common.
  public static String ofGroup(String path, String receiver, Map<String, String> labels) {
    var parts = new ArrayList<String>(List.of("group", path, receiver));
    new TreeMap<>(labels)
        .forEach((name, value) -> {
          parts.add(name);
          parts.add(value);
        });
    return "grp_" + digest(parts);
  }

  /// A group's message is known by the group and by all that it tells.
  public static String ofGroupMessage(String groupId, List<String> memberIds) {
    var parts = new ArrayList<String>(List.of(Payload.OfGroup.TYPE, groupId));
    parts.addAll(memberIds);
    return of(parts);
  }

  /// A drill is known by its receiver and when it was asked for.
  public static String ofDrill(String receiver, Instant at) {
    return of(List.of(Payload.Drill.TYPE, receiver, at.toString()));
  }

  /// A sign of life is known by its receiver and the time it was due.
  public static String ofHeartbeat(String receiver, Instant slot) {
    return of(List.of(Payload.Heartbeat.TYPE, receiver, slot.toString()));
  }

  /// What happened to an action is told once to each receiver.
  public static String ofAction(String type, String actionId, String receiver) {
    return of(List.of(type, actionId, receiver));
  }

  private static String of(List<String> parts) {
    return PREFIX + digest(parts);
  }

  /// Every part goes in with its length, so that no two lists run together to the same text. Put
  /// together first: a digest takes longer over many small pieces, and a storm asks for ten
  /// thousands of them.
  private static String digest(List<String> parts) {
    var text = new ByteArrayOutputStream(INITIAL_BYTES);
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      text.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      text.writeBytes(bytes);
    }
    return HexFormat.of().formatHex(sha256().digest(text.toByteArray()), 0, BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
