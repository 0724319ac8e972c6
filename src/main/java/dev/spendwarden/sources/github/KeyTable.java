package dev.spendwarden.sources.github;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Numbers distinct keys, each a sequence of texts, in the order of their first appearance. A key
/// is looked up by the bytes of its texts, so that none of them becomes a `String` but once.
///
/// A text is held as words of eight bytes, the last one filled up with at least one zero byte. As
/// no text holds a NUL (the reader of records sees to that), two sequences have the same words only
/// when they have the same texts.
final class KeyTable {

  /// A longer text is no name.
  static final int MAX_TEXT_BYTES = 1024;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private long[] key = new long[32];
  private int length;
  private long hash;

  private int count;
  private long[] words = new long[1024];
  private int wordCount;
  private int[] firstWords = new int[64];
  private long[] hashes = new long[64];
  private int[] slots = new int[128];

  /// Begins the next key to look up.
  void begin() {
    length = 0;
    hash = 0;
  }

  /// Appends a text to the key that was begun. Reads up to seven bytes behind `end`.
  ///
  /// @return false when the text is too long
  boolean append(byte[] data, int start, int end) {
    if (end - start > MAX_TEXT_BYTES) {
      return false;
    }
    if (length + MAX_TEXT_BYTES / Long.BYTES + 1 > key.length) {
      key = Arrays.copyOf(key, key.length + MAX_TEXT_BYTES);
    }
    int at = start;
    long mixed = hash;
    int to = length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long word = (long) WORDS.get(data, at);
      key[to++] = word;
      mixed = (Long.rotateLeft(mixed, 5) ^ word) * SPREAD;
    }
    long rest = (long) WORDS.get(data, at) & (1L << ((end - at) << 3)) - 1;
    key[to++] = rest;
    hash = (Long.rotateLeft(mixed, 5) ^ rest) * SPREAD;
    length = to;
    return true;
  }

  /// The number of the key that was begun; a new key gets the next one.
  int number() {
    long spread = hash ^ hash >>> 32;
    int mask = slots.length - 1;
    for (int slot = (int) spread & mask; ; slot = slot + 1 & mask) {
      int number = slots[slot] - 1;
      if (number < 0) {
        slots[slot] = count + 1;
        return add();
      }
      if (hashes[number] == hash && isKey(number)) {
        return number;
      }
    }
  }

  int size() {
    return count;
  }

  private boolean isKey(int number) {
    int first = firstWords[number];
    if (firstWords[number + 1] - first != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (words[first + i] != key[i]) {
        return false;
      }
    }
    return true;
  }

  private int add() {
    if (count + 2 > firstWords.length) {
      firstWords = Arrays.copyOf(firstWords, firstWords.length * 2);
      hashes = Arrays.copyOf(hashes, hashes.length * 2);
    }
    if (wordCount + length > words.length) {
      words = Arrays.copyOf(words, Math.max(words.length * 2, wordCount + length));
    }
    System.arraycopy(key, 0, words, wordCount, length);
    hashes[count] = hash;
    wordCount += length;
    count++;
    firstWords[count] = wordCount;
    if (count * 2 > slots.length) {
      spreadOut();
    }
    return count - 1;
  }

  private void spreadOut() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int number = 0; number < count; number++) {
      int slot = (int) (hashes[number] ^ hashes[number] >>> 32) & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = number + 1;
    }
  }
}
