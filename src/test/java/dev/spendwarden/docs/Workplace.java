package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder that holds what a reader of the docs would have: the shipped policies, secrets, a file
/// of daily amounts. Blocks are completed to whole files in it.
final class Workplace {

  /// A secret as webhooks are signed with.
  static final String SIGNING = "whsec_c3BlbmR3YXJkZW4gdGVzdHMgaXRzIGRvY3M=";

  private static final Pattern TOP_KEY = Pattern.compile("(?m)^(\\w+):");
  private static final Pattern SECRET = Pattern.compile("/run/secrets/([\\w-]+)|(secrets/[\\w-]+)");
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+)\\}");
  private static final Pattern SOURCE = Pattern.compile("\\bsource: (\\w[\\w-]*)");

  private static final Pattern NAME = Pattern.compile("sources:\\s+- (?:\\{ )?name: ([\\w-]+)");

  /// What a block that leaves a part out is completed with: sources and receivers of the names that
  /// the pages use.
  private static final String SOURCES =
      """
      sources:
        - { name: ionq-lab, type: ionq, api_key_file: secrets/a, organization: org }
        - { name: claude, type: anthropic, admin_key_file: secrets/a }
        - { name: github-corvid, type: github, enterprise: corvid, token_file: secrets/a }
        - { name: gcore-edge, type: gcore, api_key_file: secrets/a }
      """;

  private static final String RECEIVERS =
      """
      receivers:
        - { name: hooks, webhook: { url: "https://hooks.example.org/", secret_file: secrets/hook } }
        - { name: quantum-slack, webhook: { url: "https://a.example.org/" } }
        - { name: platform-slack, webhook: { url: "https://b.example.org/" } }
        - { name: research-slack, webhook: { url: "https://c.example.org/" } }
      """;

  private static final String NIGHTS =
      """
      time_intervals:
        - { name: nights, time_intervals: [{ times: [{ start_time: "22:00", end_time: "24:00" }] }] }
      """;

  /// Of the right form; nobody serves with it.
  private static final String PEM = "-----BEGIN %1$s-----\nAAAA\n-----END %1$s-----\n";

  private final Path folder;

  Workplace(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("secrets"));
    Files.createDirectories(folder.resolve("policies"));
    secret("secrets/a", "a-key");
    secret("secrets/hook", SIGNING);
    Files.createDirectories(folder.resolve("tls"));
    Files.writeString(folder.resolve("tls/cert.pem"), PEM.formatted("CERTIFICATE"));
    Files.writeString(folder.resolve("tls/clients.pem"), PEM.formatted("CERTIFICATE"));
    secret("tls/key.pem", PEM.formatted("PRIVATE KEY"));
    var days = new StringBuilder("date,value\n");
    for (int day = 1; day <= 28; day++) {
      days.append("2027-02-%02d,%d.50\n".formatted(day, 10 + day % 7));
    }
    for (int day = 1; day <= 20; day++) {
      days.append("2027-03-%02d,%d.50\n".formatted(day, 12 + day % 7));
    }
    Files.writeString(folder.resolve("days.csv"), days);
    try (Stream<Path> shipped = Files.walk(Path.of("policies"))) {
      for (Path file : shipped.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  Path resolve(String name) {
    return folder.resolve(name);
  }

  private void secret(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, text);
  }

  /// A whole configuration around the sections of a block: secrets are files that exist, the
  /// environment is a file too, and what it leaves out is filled in.
  Path configuration(String block) throws IOException {
    String text = block.replace("/run/secrets/", "secrets/");
    Matcher files = SECRET.matcher(text);
    while (files.find()) {
      secret(
          files.group(),
          files.group().contains("hook") || files.group().endsWith("sched")
              ? SIGNING
              : "a-key of " + files.group().substring("secrets/".length()));
    }
    var keys = TOP_KEY.matcher(text).results().map(found -> found.group(1)).toList();
    var whole = new StringBuilder(text);
    if (!keys.contains("sources")) {
      whole.append(SOURCES);
    }
    if (!keys.contains("receivers")) {
      whole.append(RECEIVERS);
    }
    if (!keys.contains("route") && !keys.contains("receivers")) {
      whole.append("route: { receiver: hooks }\n");
    }
    if (text.contains("time_intervals: [nights]") && !keys.contains("time_intervals")) {
      whole.append(NIGHTS);
    }
    if (!keys.contains("policies")) {
      Files.writeString(folder.resolve("any.yaml"), policyOn(whole.toString()));
      whole.append("policies: [any.yaml]\n");
    }
    Path file = folder.resolve("spendwarden.yaml");
    Files.writeString(file, whole);
    keepPoliciesOf(whole.toString());
    return file;
  }

  /// A policy that the first source of a configuration can answer.
  private static String policyOn(String configuration) {
    Matcher source = NAME.matcher(configuration);
    assertThat(source.find()).as(configuration).isTrue();
    return """
    version: 1
    policies:
      - name: any
        select: { source: %s }
        budget: { limit: 10 USD }
        rules: [{ name: spent, when: used >= 1.0 }]
    """
        .formatted(source.group(1));
  }

  /// Of the shipped policies, only those whose sources a configuration has lie in its folder.
  private void keepPoliciesOf(String configuration) throws IOException {
    try (Stream<Path> shipped = Files.list(Path.of("policies"))) {
      for (Path file : shipped.filter(Files::isRegularFile).toList()) {
        boolean all =
            SOURCE
                .matcher(Files.readString(file))
                .results()
                .allMatch(found -> configuration.contains("name: " + found.group(1)));
        Path copy = folder.resolve(file);
        Files.deleteIfExists(copy);
        if (all) {
          Files.copy(file, copy);
        }
      }
    }
  }

  /// A configuration that has the policies of a block beside everything they may name.
  Path policies(String block) throws IOException {
    Files.writeString(folder.resolve("of-the-page.yaml"), block);
    return configuration("policies: [of-the-page.yaml]\n");
  }

  record Ran(int status, String output) {}

  /// Runs a command of the program as a reader would; names of files in this folder are theirs.
  Ran run(List<String> arguments) {
    var output = new StringWriter();
    var writer = new PrintWriter(output, true);
    var found = new ArrayList<String>();
    for (String argument : arguments) {
      boolean isFile = Files.isRegularFile(folder.resolve(argument));
      found.add(isFile ? folder.resolve(argument).toString() : argument);
    }
    int status =
        Main.commandLine().setOut(writer).setErr(writer).execute(found.toArray(String[]::new));
    return new Ran(status, output.toString());
  }

  /// The names in `${…}` of a text, which a reader would have set.
  static List<String> references(String text) {
    return REFERENCE.matcher(text).results().map(found -> found.group(1)).distinct().toList();
  }
}
