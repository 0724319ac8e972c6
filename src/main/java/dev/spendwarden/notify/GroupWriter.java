package dev.spendwarden.notify;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Groups.ToldMember;
import dev.spendwarden.policy.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes what is told of groups. The body stays bounded however many alerts it tells of: the most
/// important are listed while there is room, and all are counted by policy and severity.
final class GroupWriter {

  /// What a part leaves for the envelope and the group.
  static final int ROOM = 6_000;

  private static final int NAME_LENGTH = 100;
  private static final int LABELS_MAX = 16;
  private static final int COUNTS_MAX = 20;

  private final JsonGenerator json;

  GroupWriter(JsonGenerator json) {
    this.json = json;
  }

  /// How many of a policy and a severity go on, and how many are over.
  private record Key(String policy, Severity severity) {}

  private static final class Count {
    int firing;
    int resolved;

    int all() {
      return firing + resolved;
    }
  }

  void part(Payload.OfPart payload) throws IOException {
    String inner = payload.part().substring(1, payload.part().length() - 1);
    json.writeRaw("," + inner);
    if (payload.group().isPresent()) {
      startGroup(payload.group().get(), payload.over() ? 0 : 1, payload.over() ? 1 : 0);
      json.writeEndObject();
    }
  }

  void group(Payload.OfGroup payload) throws IOException {
    List<ToldMember> members = payload.members();
    Map<Key, Count> counts = counts(members);
    int firing = counts.values().stream().mapToInt(count -> count.firing).sum();
    int listed = listed(members);
    json.writeStringField("summary", summary(members.size(), firing, counts));
    startGroup(payload.group(), firing, members.size() - firing);
    json.writeNumberField("listed", listed);
    json.writeNumberField("truncated", members.size() - listed);
    writeCounts(counts);
    json.writeEndObject();
    json.writeArrayFieldStart("alerts");
    for (int i = 0; i < listed; i++) {
      json.writeRawValue(listing(members.get(i)));
    }
    json.writeEndArray();
    links(payload);
  }

  private void startGroup(Group group, int firing, int resolved) throws IOException {
    json.writeObjectFieldStart("group");
    json.writeStringField("id", group.id());
    json.writeStringField("route", ForeignText.clean(group.path(), NAME_LENGTH));
    json.writeObjectFieldStart("labels");
    int written = 0;
    for (var label : group.labels().entrySet()) {
      if (written++ < LABELS_MAX) {
        json.writeStringField(clean(label.getKey()), clean(label.getValue()));
      }
    }
    json.writeEndObject();
    json.writeNumberField("firing", firing);
    json.writeNumberField("resolved", resolved);
  }

  private static String clean(String text) {
    return ForeignText.clean(text, NAME_LENGTH);
  }

  private static Map<Key, Count> counts(List<ToldMember> members) {
    var counts = new LinkedHashMap<Key, Count>();
    for (ToldMember told : members) {
      Member member = told.member();
      Count count =
          counts.computeIfAbsent(new Key(member.policy(), member.severity()), key -> new Count());
      if (member.isOver()) {
        count.resolved++;
      } else {
        count.firing++;
      }
    }
    return counts;
  }

  /// How many of the first there is room for.
  private static int listed(List<ToldMember> members) {
    int room = Payload.MAX_BYTES - ROOM;
    int listed = 0;
    while (listed < members.size()) {
      room -= listing(members.get(listed)).getBytes(StandardCharsets.UTF_8).length + 1;
      if (room < 0) {
        break;
      }
      listed++;
    }
    return listed;
  }

  /// A part in the list of a group: what its own body would hold beside the receiver.
  private static String listing(ToldMember told) {
    return "{\"id\":\""
        + told.member().id()
        + "\",\"type\":\""
        + told.member().kind().type()
        + "\",\"time\":\""
        + told.member().at()
        + "\",\"sequence\":"
        + told.sequence()
        + ","
        + told.member().part().substring(1);
  }

  /// "12 alerts: 10 firing (7 critical, 3 warning), 2 resolved; ionq-user-quota 8, claude-month 4".
  private static String summary(int all, int firing, Map<Key, Count> counts) {
    var bySeverity = new ArrayList<String>();
    for (Severity severity : List.of(Severity.CRITICAL, Severity.WARNING, Severity.INFO)) {
      int number =
          counts.entrySet().stream()
              .filter(entry -> entry.getKey().severity() == severity)
              .mapToInt(entry -> entry.getValue().firing)
              .sum();
      if (number > 0) {
        bySeverity.add(number + " " + severity.word());
      }
    }
    var byPolicy = new LinkedHashMap<String, Integer>();
    counts.forEach((key, count) -> byPolicy.merge(key.policy(), count.all(), Integer::sum));
    List<String> policies =
        byPolicy.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(3)
            .map(entry -> clean(entry.getKey()) + " " + entry.getValue())
            .toList();
    return all
        + " alerts: "
        + firing
        + " firing"
        + (bySeverity.isEmpty() ? "" : " (" + String.join(", ", bySeverity) + ")")
        + ", "
        + (all - firing)
        + " resolved; "
        + String.join(", ", policies)
        + (byPolicy.size() > policies.size() ? ", …" : "");
  }

  /// The rarest beyond the bound are summed, so that the numbers always add up.
  private void writeCounts(Map<Key, Count> counts) throws IOException {
    List<Map.Entry<Key, Count>> most =
        counts.entrySet().stream()
            .sorted(
                Comparator.comparingInt((Map.Entry<Key, Count> entry) -> entry.getValue().all())
                    .reversed())
            .toList();
    json.writeArrayFieldStart("counts");
    var others = new Count();
    for (int i = 0; i < most.size(); i++) {
      Count count = most.get(i).getValue();
      if (i < COUNTS_MAX) {
        Key key = most.get(i).getKey();
        json.writeStartObject();
        json.writeStringField("policy", clean(key.policy()));
        json.writeStringField("severity", key.severity().word());
        json.writeNumberField("firing", count.firing);
        json.writeNumberField("resolved", count.resolved);
        json.writeEndObject();
      } else {
        others.firing += count.firing;
        others.resolved += count.resolved;
      }
    }
    json.writeEndArray();
    if (others.all() > 0) {
      json.writeObjectFieldStart("other_counts");
      json.writeNumberField("firing", others.firing);
      json.writeNumberField("resolved", others.resolved);
      json.writeEndObject();
    }
  }

  /// Where all of them are.
  private void links(Payload.OfGroup payload) throws IOException {
    json.writeObjectFieldStart("links");
    String base = payload.externalUrl().map(url -> url.toString().replaceAll("/+$", "")).orElse("");
    json.writeStringField("alerts", base.isEmpty() ? null : base + "/alerts");
    json.writeStringField(
        "notification",
        base.isEmpty() ? null : base + "/api/v1/notifications/" + payload.envelope().id());
    json.writeEndObject();
  }
}
