package dev.spendwarden.policy.yaml;

/// Where in a file something stands. Line and column count from 1; 0 means the file as a whole.
public record Place(String file, int line, int column) {

  public static Place ofFile(String file) {
    return new Place(file, 0, 0);
  }

  /// `file:line:column`, or just the file.
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
