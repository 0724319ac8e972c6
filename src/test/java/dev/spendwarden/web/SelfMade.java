package dev.spendwarden.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// A certificate for 127.0.0.1 that signs itself, made by the JDK's keytool.
public record SelfMade(KeyStore store, String certificatePem, String keyPem) {

  public static final char[] PASSWORD = "changeit".toCharArray();

  public static SelfMade make(Path folder, String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    var command =
        "%s -genkeypair -alias own -keyalg EC -validity 30 -dname CN=%s -ext san=ip:127.0.0.1"
                .formatted(Path.of(System.getProperty("java.home"), "bin", "keytool"), name)
            + " -storetype PKCS12 -storepass changeit -keystore "
            + file;
    Process keytool =
        new ProcessBuilder(command.split(" "))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return new SelfMade(
        store,
        pem("CERTIFICATE", store.getCertificate("own").getEncoded()),
        pem("PRIVATE KEY", store.getKey("own", PASSWORD).getEncoded()));
  }

  private static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }
}
