package dev.spendwarden.alert;

import java.util.List;

/// Where silences, waivers, and what was not told because of them are kept. Implemented by `store`;
/// every method runs inside the caller's transaction, may block, and fails with an unchecked
/// exception when the database does.
public interface QuietStore {

  /// Writes the silence; the same id replaces.
  void putSilence(Silence silence);

  /// Forgets a silence; one that is not there is fine.
  void removeSilence(String silenceId);

  /// All silences, those that have ended too.
  List<Silence> silences();

  /// Writes the waiver; the same id replaces.
  void putWaiver(GrantedWaiver waiver);

  /// Forgets a waiver; one that is not there is fine.
  void removeWaiver(String waiverId);

  /// All waivers granted, those that have ended too.
  List<GrantedWaiver> waivers();

  /// Writes what was not told of an alert; the same alert replaces.
  void putOwed(Owed owed);

  void removeOwed(String alertId);

  List<Owed> owed();
}
