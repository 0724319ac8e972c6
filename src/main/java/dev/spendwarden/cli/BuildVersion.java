package dev.spendwarden.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// The version the build wrote into the jar.
public final class BuildVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"spendwarden " + text()};
  }

  public static String text() {
    try (InputStream in =
        BuildVersion.class.getResourceAsStream("/dev/spendwarden/build.properties")) {
      if (in == null) {
        return "unknown";
      }
      var properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
