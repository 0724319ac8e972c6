package dev.spendwarden.peer;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A real Prometheus.
public final class Prometheus implements AutoCloseable {

  private final Peer peer;

  private Prometheus(Peer peer) {
    this.peer = peer;
  }

  /// Where it is installed.
  public static Optional<Path> program() {
    return Peer.find("prometheus");
  }

  /// @param folder for what it writes; one Prometheus each
  /// @param configuration as its file says it
  public static Prometheus start(Path program, Path folder, int port, String configuration)
      throws IOException {
    Path file = Files.writeString(folder.resolve("prometheus.yaml"), configuration);
    return new Prometheus(
        Peer.start(
            program,
            folder.resolve("prometheus.log"),
            port,
            List.of("--config.file=" + file, "--storage.tsdb.path=" + folder.resolve("tsdb"))));
  }

  /// What a query finds now; empty when it cannot be asked.
  public Optional<JsonArray> query(String query) {
    String text = URLEncoder.encode(query, StandardCharsets.UTF_8);
    return peer.get("/api/v1/query?query=" + text)
        .map(body -> new JsonObject(body).getJsonObject("data").getJsonArray("result"));
  }

  /// The value of the first series that a query finds.
  public Optional<Double> value(String query) {
    return query(query)
        .filter(found -> !found.isEmpty())
        .map(
            found -> Double.parseDouble(found.getJsonObject(0).getJsonArray("value").getString(1)));
  }

  @Override
  public void close() {
    peer.close();
  }
}
