package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/// What a changed configuration changes, a line each, for people. The order of keys and files,
/// comments and white space are no change.
public final class ConfigDifference {

  private final List<String> lines = new ArrayList<>();

  private ConfigDifference() {}

  public static List<String> between(Config before, Config after) {
    var difference = new ConfigDifference();
    difference.policies(before.policies(), after.policies());
    difference.things(
        "source",
        named(before.sources(), SourceConfig::name),
        named(after.sources(), SourceConfig::name));
    difference.things(
        "receiver",
        named(before.receivers(), ReceiverConfig::name),
        named(after.receivers(), ReceiverConfig::name));
    difference.things("action", before.actions(), after.actions());
    difference.part("route", before.route(), after.route());
    difference.part("egress", before.egressAllow(), after.egressAllow());
    difference.part("metrics", before.metrics(), after.metrics());
    difference.part("heartbeat", before.heartbeat(), after.heartbeat());
    difference.part("watch", before.watch(), after.watch());
    difference.part("storage.retention", before.storage().retention(), after.storage().retention());
    difference.restart("storage.url", before.storage().url(), after.storage().url());
    difference.restart("storage.user", before.storage().user(), after.storage().user());
    difference.restart("server.host", before.server().host(), after.server().host());
    difference.restart("server.port", before.server().port(), after.server().port());
    difference.part("server.token", before.server().token(), after.server().token());
    difference.part(
        "server.external_url", before.server().externalUrl(), after.server().externalUrl());
    return List.copyOf(difference.lines);
  }

  private static <T> Map<String, T> named(List<T> all, Function<T, String> name) {
    var byName = new LinkedHashMap<String, T>();
    all.forEach(one -> byName.put(name.apply(one), one));
    return byName;
  }

  private void policies(List<Policy> before, List<Policy> after) {
    Map<String, Policy> olds = named(before, Policy::name);
    Map<String, Policy> news = named(after, Policy::name);
    for (String name : names(olds, news)) {
      Policy old = olds.get(name);
      Policy now = news.get(name);
      if (old == null) {
        lines.add("policy " + name + ": added");
      } else if (now == null) {
        lines.add("policy " + name + ": removed; its alerts end as policy_removed");
      } else {
        changed(old, now);
      }
    }
  }

  private void changed(Policy old, Policy now) {
    var deciding = new ArrayList<String>();
    add(deciding, "select", old.selection().sources(), now.selection().sources());
    add(deciding, "select.kind", old.selection().kind(), now.selection().kind());
    add(deciding, "select.where", old.selection().where(), now.selection().where());
    add(deciding, "select.not", old.selection().not(), now.selection().not());
    add(
        deciding,
        "per",
        new TreeSet<>(old.selection().per()),
        new TreeSet<>(now.selection().per()));
    add(deciding, "budget.limit", old.limit(), now.limit());
    add(deciding, "budget.period", old.period(), now.period());
    add(deciding, "budget.zone", old.zone(), now.zone());
    add(deciding, "budget.amount", old.gross(), now.gross());
    add(deciding, "data.fresh_within", old.freshWithin(), now.freshWithin());
    add(deciding, "data.max_jump", old.maxJump(), now.maxJump());
    deciding.addAll(rules(old, now));
    if (!old.fingerprint().equals(now.fingerprint())) {
      lines.add(
          "policy "
              + now.name()
              + ": changed ("
              + String.join(", ", deciding)
              + "); its alerts end as policy_changed");
      return;
    }
    var telling = new ArrayList<String>();
    add(telling, "description", old.description(), now.description());
    add(telling, "owner", old.owner(), now.owner());
    add(telling, "runbook", old.runbook(), now.runbook());
    add(telling, "labels", old.labels(), now.labels());
    add(telling, "notify", old.receivers(), now.receivers());
    add(telling, "decisions", old.decisions(), now.decisions());
    add(telling, "waivers", old.waivers(), now.waivers());
    add(telling, "summaries", summaries(old), summaries(now));
    if (!telling.isEmpty()) {
      lines.add("policy " + now.name() + ": " + String.join(", ", telling) + "; its alerts go on");
    }
  }

  private static Map<String, String> summaries(Policy policy) {
    var summaries = new LinkedHashMap<String, String>();
    policy.rules().forEach(rule -> summaries.put(rule.name(), rule.summary()));
    return summaries;
  }

  private static List<String> rules(Policy old, Policy now) {
    var changes = new ArrayList<String>();
    Map<String, Rule> olds = named(old.rules(), Rule::name);
    Map<String, Rule> news = named(now.rules(), Rule::name);
    for (String name : names(olds, news)) {
      Rule before = olds.get(name);
      Rule after = news.get(name);
      if (before == null || after == null) {
        changes.add("rule " + name + (before == null ? " added" : " removed"));
      } else if (!decides(before).equals(decides(after))) {
        changes.add("rule " + name);
      }
    }
    return changes;
  }

  private static List<Object> decides(Rule rule) {
    return List.of(
        rule.when().text(),
        rule.holdFor(),
        rule.keepFiringFor(),
        rule.severity(),
        new TreeSet<>(rule.actions()));
  }

  private <T> void things(String kind, Map<String, T> before, Map<String, T> after) {
    for (String name : names(before, after)) {
      if (!before.containsKey(name)) {
        lines.add(kind + " " + name + ": added");
      } else if (!after.containsKey(name)) {
        lines.add(kind + " " + name + ": removed");
      } else if (!Objects.equals(before.get(name), after.get(name))) {
        lines.add(kind + " " + name + ": changed");
      }
    }
  }

  private static TreeSet<String> names(Map<String, ?> before, Map<String, ?> after) {
    var names = new TreeSet<String>(before.keySet());
    names.addAll(after.keySet());
    return names;
  }

  private static void add(List<String> changes, String what, Object before, Object after) {
    if (!before.equals(after)) {
      changes.add(what);
    }
  }

  private void part(String what, Object before, Object after) {
    if (!before.equals(after)) {
      lines.add(what + ": changed");
    }
  }

  private void restart(String what, Object before, Object after) {
    if (!before.equals(after)) {
      lines.add(what + ": changed, but only a restart takes it up");
    }
  }
}
