package dev.spendwarden.web;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;

/// The installed Chromium, driven by Playwright: `-Dbrowser=/path/to/chromium` chooses another.
/// Remembers what a page complained about: errors in scripts and breaches of the security policy.
final class Browser implements AutoCloseable {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String AXE = axe();
  private static final double PATIENCE_MILLIS = 10_000;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  final List<String> complaints = new CopyOnWriteArrayList<>();

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /// Skips the test, saying why, where there is no browser or its driver cannot start.
  static Browser start() {
    Path path = Path.of(System.getProperty("browser", "/usr/bin/chromium"));
    if (!Files.isExecutable(path)) {
      throw skip("there is no browser at " + path + "; set -Dbrowser=PATH");
    }
    try {
      var playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      // Without a sandbox of its own, since builds often run as root; only our own pages are
      // opened.
      var flags =
          List.of(
              "--no-sandbox",
              "--disable-gpu",
              "--disable-quic",
              "--no-first-run",
              "--disable-background-networking",
              "--disable-component-update",
              "--disable-sync");
      var options = new LaunchOptions().setExecutablePath(path).setArgs(flags);
      return new Browser(playwright, playwright.chromium().launch(options));
    } catch (PlaywrightException e) {
      throw skip("the browser cannot be driven: " + e.getMessage());
    }
  }

  private static RuntimeException skip(String why) {
    System.out.println("BrowserTest is skipped: " + why);
    Assumptions.abort(why);
    return new IllegalStateException("unreachable");
  }

  /// Also where there is nothing to see yet.
  Page openAnywhere(String address) {
    return open(address, "#problem");
  }

  Page open(String address) {
    return open(address, "h1");
  }

  /// A window that knows nothing of the others: no cache, no token.
  private Page open(String address, String awaited) {
    BrowserContext context =
        chromium.newContext(
            new NewContextOptions().setViewportSize(1280, 900).setColorScheme(ColorScheme.LIGHT));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    Page page = context.newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      // A list that this build does not have answers 404, which the browser reports by itself.
      if (message.type().equals("error") && !message.text().startsWith("Failed to load")) {
        complaints.add(message.text());
      }
    });
    page.navigate(address);
    page.waitForSelector(awaited);
    return page;
  }

  /// Loads another page in a window that is open: no process to start, which is what takes longest.
  void turnTo(Page page, String address) {
    page.navigate(address);
    page.waitForSelector("h1");
  }

  /// The same document in other colours and another width.
  static void paint(Page page, ColorScheme scheme, int width, int height) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    page.setViewportSize(width, height);
  }

  /// From asking for the page until something of it was seen.
  static double firstPaintMillis(Page page) {
    Object time =
        page.evaluate(
            "performance.getEntriesByName('first-contentful-paint').map((e) => e.startTime)[0]");
    return ((Number) time).doubleValue();
  }

  /// Closes every window, before the server that they listen to stops.
  void closePages() {
    List.copyOf(chromium.contexts()).forEach(BrowserContext::close);
  }

  /// Kept as build output, for people to look at.
  static void keep(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
  }

  /// What axe-core finds to be wrong and serious.
  @SuppressWarnings("unchecked")
  static List<String> seriousFaults(Page page) {
    if (page.evaluate("!globalThis.axe").equals(true)) {
      page.evaluate(AXE);
    }
    return (List<String>)
        page.evaluate(
            """
            axe.run().then((result) => result.violations
              .filter((fault) => ['serious', 'critical'].includes(fault.impact))
              .map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.map((n) => n.html).slice(0, 3).join(' ')}`))
            """);
  }

  private static String axe() {
    String version = "META-INF/maven/org.webjars.npm/axe-core/pom.properties";
    var properties = new java.util.Properties();
    try (InputStream in = resource(version)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String path =
        "META-INF/resources/webjars/axe-core/%s/axe.min.js"
            .formatted(Optional.ofNullable(properties.getProperty("version")).orElseThrow());
    try (InputStream in = resource(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(Browser.class.getClassLoader().getResourceAsStream(name), name);
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
