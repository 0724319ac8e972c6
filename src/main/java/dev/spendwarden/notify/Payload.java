package dev.spendwarden.notify;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimensions;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a notification says, before it is frozen as JSON. Another kind of notification is another
/// record here and another branch in [PayloadWriter].
public sealed interface Payload {

  /// Bodies stay below this many bytes of UTF-8, as Standard Webhooks asks.
  int MAX_BYTES = 20_000;

  Envelope envelope();

  /// The JSON body of CONTRACT section 6. Deterministic: equal payloads give equal text. Text of
  /// others is bounded and free of control characters, so that the body stays below [#MAX_BYTES].
  default String toJson() {
    return PayloadWriter.write(this);
  }

  /// What every body starts with.
  ///
  /// @param time of the event, not of an attempt
  record Envelope(String id, String type, Instant time, long sequence, String receiver) {}

  /// @param summary for people, rendered
  /// @param previous what the top contributors had spent when this receiver was last told; empty
  ///   when not known
  record OfAlert(
      Envelope envelope,
      Transition transition,
      String summary,
      Optional<URI> externalUrl,
      Map<Dimensions, BigDecimal> previous)
      implements Payload {
    public OfAlert {
      previous = Map.copyOf(previous);
    }

    /// The JSON object of all but the envelope: what is frozen of a change that waits. Leaves room
    /// below [#MAX_BYTES] for what is added when it is told.
    String part() {
      return PayloadWriter.writePart(this);
    }
  }

  /// What has waited, told alone.
  ///
  /// @param part see [OfAlert#part]
  /// @param group empty where the route does not group
  record OfPart(Envelope envelope, String part, Optional<Group> group, boolean over)
      implements Payload {}

  /// What has waited, told together.
  ///
  /// @param members the most important first
  record OfGroup(
      Envelope envelope, Group group, List<Groups.ToldMember> members, Optional<URI> externalUrl)
      implements Payload {
    public static final String TYPE = "alert.group";

    public OfGroup {
      members = List.copyOf(members);
    }
  }

  /// A test of the way to a receiver; `type` marks it.
  record Drill(Envelope envelope, Optional<URI> externalUrl) implements Payload {
    public static final String TYPE = "drill";
  }

  /// A sign of life: polling, evaluating and storing work. Its absence is the message.
  record Heartbeat(Envelope envelope, Optional<URI> externalUrl) implements Payload {
    public static final String TYPE = "heartbeat";
  }

  /// What became of an action. The fields are those of an action in the API.
  record OfAction(
      Envelope envelope,
      Stage stage,
      String actionId,
      String action,
      String actionType,
      String mode,
      String state,
      String policy,
      String budgetId,
      Map<String, String> labels,
      List<String> targets,
      String reason,
      Instant createdAt,
      Optional<Instant> dueAt,
      Optional<String> decidedBy,
      Optional<String> outcome,
      Optional<URI> externalUrl)
      implements Payload {
    public OfAction {
      targets = List.copyOf(targets);
    }

    public enum Stage {
      PROPOSED,
      DONE,
      FAILED,
      UNDONE;

      /// `action.proposed` and so on.
      public String type() {
        return "action." + name().toLowerCase(Locale.ROOT);
      }
    }
  }
}
