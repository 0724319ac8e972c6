package dev.spendwarden.store;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Owed;
import dev.spendwarden.alert.QuietStore;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Silences, waivers and what is owed, in maps by id.
public final class InMemoryQuietStore implements QuietStore {

  private final Undo undo;
  private final Map<String, Silence> silences = new TreeMap<>();
  private final Map<String, GrantedWaiver> waivers = new TreeMap<>();
  private final Map<String, Owed> owed = new TreeMap<>();

  InMemoryQuietStore(Undo undo) {
    this.undo = undo;
  }

  @Override
  public void putSilence(Silence silence) {
    put(silences, silence.id(), silence);
  }

  @Override
  public void removeSilence(String silenceId) {
    remove(silences, silenceId);
  }

  @Override
  public List<Silence> silences() {
    return silences.values().stream()
        .sorted(Comparator.comparing(Silence::startsAt).thenComparing(Silence::id))
        .toList();
  }

  @Override
  public void putWaiver(GrantedWaiver waiver) {
    put(waivers, waiver.id(), waiver);
  }

  @Override
  public void removeWaiver(String waiverId) {
    remove(waivers, waiverId);
  }

  @Override
  public List<GrantedWaiver> waivers() {
    return waivers.values().stream()
        .sorted(
            Comparator.comparing((GrantedWaiver granted) -> granted.waiver().until())
                .thenComparing(GrantedWaiver::id))
        .toList();
  }

  @Override
  public void putOwed(Owed one) {
    put(owed, one.alertId(), one);
  }

  @Override
  public void removeOwed(String alertId) {
    remove(owed, alertId);
  }

  @Override
  public List<Owed> owed() {
    return List.copyOf(owed.values());
  }

  Set<String> owing() {
    return owed.keySet();
  }

  private <T> void put(Map<String, T> map, String key, T value) {
    T former = map.put(key, value);
    undo.push(() -> {
      if (former == null) {
        map.remove(key);
      } else {
        map.put(key, former);
      }
    });
  }

  private <T> void remove(Map<String, T> map, String key) {
    T former = map.remove(key);
    if (former != null) {
      undo.push(() -> map.put(key, former));
    }
  }
}
