package dev.spendwarden.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;
import static dev.spendwarden.web.Figures.CALM;
import static dev.spendwarden.web.Figures.HOT;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.sources.FailureReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The status page in a real browser, over the real HTTP side and hand-made figures. What people do
/// with it: look, sort, ask why, acknowledge, silence, send again. Screenshots go to
/// `target/screenshots`.
class BrowserTest {

  private static Browser browser;

  private WebFixture web;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void start() {
    browser.complaints.clear();
    web = new WebFixture();
    web.sources =
        List.of(Samples.healthy("ionq-lab"), Samples.failing("claude", FailureReason.AUTH));
    web.histories = (budgets, from, to) -> Figures.histories(budgets);
    show(Optional.of(Samples.firing(HOT)));
    web.database.alerts.add(Samples.firing(HOT));
    web.database.notifications.add(
        Figures.notification("swn_0000000000000001", Notification.State.DEAD));
    web.database.notifications.add(
        Figures.notification("swn_0000000000000002", Notification.State.DELIVERED));
  }

  @AfterEach
  void stop() throws Exception {
    browser.closePages();
    if (web != null) {
      web.close();
    }
    assertThat(browser.complaints)
        .as("errors of scripts and breaches of the Content-Security-Policy")
        .isEmpty();
  }

  private void show(Optional<Alert> alert) {
    web.explanation = Optional.of(Figures.explained(alert));
    web.snapshot = Figures.three(alert);
  }

  private Page open(String path) {
    return browser.open(address(path));
  }

  private String address(String path) {
    return "http://127.0.0.1:" + web.port + path;
  }

  private static List<String> names(Page page) {
    return page.locator("tbody tr th small").allTextContents();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static void enterToken(Page page) {
    page.getByLabel("Token (kept in this tab until it is closed)").fill("s3cret");
    button(page, "Keep it").click();
  }

  @Test
  void theRiskiestBudgetComesFirstAndColumnsSort() {
    Page page = open("/");
    assertThat(names(page)).containsExactly("user=ada", "user=bob", "user=eve");
    assertThat(page.locator("tbody tr").first()).containsText("237.4");
    assertThat(page.locator("tbody tr").first().locator("svg.spark")).isVisible();
    Browser.keep(page, "budgets");

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Used").setExact(true))
        .click();
    assertThat(page.locator("th[aria-sort=descending]")).containsText("Used");
    page.locator("th[aria-sort] a").click();
    assertThat(page.locator("th[aria-sort=ascending]")).containsText("Used");
    assertThat(names(page)).containsExactly("user=eve", "user=bob", "user=ada");
    page.goBack();
    assertThat(page.locator("th[aria-sort=descending]")).containsText("Used");
  }

  @Test
  void budgetsAreFoundByTheirLabels() {
    Page page = open("/");
    page.getByLabel("Find").first().fill("BOB");
    page.keyboard().press("Enter");
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(names(page)).containsExactly("user=bob");
  }

  @Test
  void aBudgetsPageShowsItsChartItsRulesAndItsHistory() {
    Page page = open("/");
    page.locator("tbody tr a").first().click();
    assertThat(page.locator("h1")).containsText("user=ada");
    // Not waitForFunction, whose polling evaluates a string inside the page, which the page's
    // policy forbids.
    Awaitility.await()
        .pollInSameThread()
        .until(() ->
            (Boolean)
                page.evaluate(
                    "!!(globalThis.Chart && Chart.getChart('total') && Chart.getChart('daily'))"));
    @SuppressWarnings("unchecked")
    var lines =
        (List<String>) page.evaluate("Chart.getChart('total').data.datasets.map((d) => d.label)");
    assertThat(lines)
        .containsExactly(
            "Spent", "Limit", "Even pace", "Forecast, low", "Forecast, high", "Forecast");
    assertThat(page.locator(".legend")).containsText("restated");
    assertThat(page.locator(".rules")).containsText("used >= 0.8");
    assertThat(page.locator(".rules")).containsText("0.9496");
    assertThat(page.locator("pre")).containsText("- name: quota");
    assertThat(page.getByLabel("Alerts of this budget").locator("tbody tr")).hasCount(1);
    page.getByText("The numbers").click();
    assertThat(page.getByLabel("Spent by day").locator("tbody tr")).hasCount(20);
    assertThat(page.getByLabel("Spent by day").getByText("provisional")).hasCount(4);
    Browser.keep(page, "budget");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("quota").setExact(true))
        .click();
    assertThat(page.locator("pre")).containsText("- name: quota");
    assertThat(page.locator(".rules")).containsText("nearly-spent");
    Browser.keep(page, "policy");
  }

  @Test
  void aRuleThatCanSayNothingIsNamedOnItsBudgetsPage() {
    web.explanation =
        Optional.of(Figures.explained(Figures.unsure(), Truth.UNKNOWN, Optional.empty()));
    Page page = open("/budgets/" + HOT.budget().id());
    assertThat(page.locator("#unknown"))
        .hasText(
            "unknown nearly-spent: something that is needed is not known; see below which part.");
    assertThat(page.locator(".rules")).containsText("unknown");
    show(Optional.empty());
    web.changed();
    assertThat(page.locator("#unknown")).isEmpty();
  }

  @Test
  void anAlertIsAcknowledgedWithTheToken() {
    web.commands.effect = call -> show(Optional.of(Samples.firing(HOT).ackedBy("ada")));
    Page page = open("/alerts");
    button(page, "Acknowledge").click();
    page.getByLabel("Your name").fill("ada");
    page.getByLabel("Comment").fill("on it");
    page.locator("dialog button[type=submit]").click();
    enterToken(page);
    assertThat(page.locator("#toast")).hasText("Acknowledged.");
    assertThat(page.getByLabel("Live alerts")).containsText("seen by ada");
    String id = Samples.firing(HOT).id();
    assertThat(web.commands.calls).containsExactly("ack " + id + " Note[by=ada, comment=on it]");
    Browser.keep(page, "alerts");
    assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
    assertThat(page.context().cookies()).isEmpty();
  }

  /// With a token for reading the page itself is open, and shows figures, and changes of them, to
  /// whoever enters it.
  @Test
  void thePageWorksBehindATokenForReading() {
    web.readToken = Optional.of("look");
    Page page = browser.openAnywhere("http://127.0.0.1:" + web.port + "/");
    assertThat(page.locator("#problem")).containsText("needs the header");
    assertThat(page.locator("main")).not().containsText("ada");
    page.locator("#problem button").click();
    page.getByLabel("Token (kept in this tab until it is closed)").fill("guess");
    button(page, "Keep it").click();
    assertThat(page.locator("#problem")).containsText("the token is not one of");
    assertThat(page.locator("#token-button")).hasText("Enter token");
    page.locator("#problem button").click();
    page.getByLabel("Token (kept in this tab until it is closed)").fill("look");
    button(page, "Keep it").click();
    assertThat(page.locator("main")).containsText("ada");
    assertThat(page.locator("#live-words")).hasText("live");
    assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
    assertThat(page.context().cookies()).isEmpty();
  }

  @Test
  void aWrongTokenIsForgottenAndSaidSo() {
    Page page = open("/notifications?state=dead");
    button(page, "Send again").click();
    page.getByLabel("Token (kept in this tab until it is closed)").fill("guess");
    button(page, "Keep it").click();
    assertThat(page.locator("#toast")).containsText("the token is not the one");
    assertThat(page.locator("#token-button")).hasText("Enter token");
    assertThat(web.commands.calls).isEmpty();
  }

  @Test
  void anAlertIsSilencedByItsLabelsAndASilenceIsEnded() {
    Page page = open("/alerts");
    button(page, "Silence").click();
    assertThat(page.locator("#field-match")).hasValue("policy=quota, team=quantum, user=ada");
    page.locator("#field-hours").selectOption("4");
    page.getByLabel("Your name").fill("ada");
    page.getByLabel("Comment").fill("paper deadline");
    Browser.keep(page, "silence");
    page.locator("dialog button[type=submit]").click();
    enterToken(page);
    assertThat(page.locator("#toast")).hasText("Silenced.");
    assertThat(web.commands.calls.getFirst())
        .contains("policy=[quota]", "user=[ada]", "endsAt=2027-01-20T13:05:00Z", "paper deadline");
    button(page, "End").click();
    assertThat(page.locator("#toast")).hasText("The silence has ended.");
    assertThat(web.commands.calls.getLast()).isEqualTo("unsilence sil_1");
  }

  @Test
  void aWaiverIsGrantedOnABudgetsPageSeenInTheListAndEnded() {
    web.commands.effect =
        call -> {
          var waiver =
              new Policy.Waiver(
                  Samples.NOW.plus(Duration.ofDays(7)),
                  Optional.of(new Amount(new BigDecimal("50"), HOT.unit().orElseThrow())),
                  false,
                  "paper deadline",
                  "ada",
                  Map.of("user", "ada"));
          web.commands.waivers =
              call.startsWith("waive ")
                  ? List.of(new GrantedWaiver("wvr_1", "quota", waiver))
                  : List.of();
        };
    Page page = open("/budgets/" + HOT.budget().id());
    button(page, "New waiver").click();
    assertThat(page.locator("#field-labels")).hasValue("user=ada");
    page.locator("#field-raise").fill("50 quota");
    page.locator("#field-hours").selectOption("168");
    page.getByLabel("Reason").fill("paper deadline");
    page.getByLabel("Your name").fill("ada");
    Browser.keep(page, "waiver");
    page.locator("dialog button[type=submit]").click();
    enterToken(page);
    assertThat(page.locator("#toast")).hasText("Granted.");
    assertThat(web.commands.calls.getFirst())
        .contains("policy=quota", "{user=ada}", "until=2027-01-27T09:05:00Z", "50 quota");
    assertThat(page.getByLabel("Waivers")).containsText("paper deadline");

    page.locator(".crumbs a").first().click();
    assertThat(page.locator("tbody tr").first()).containsText("limit raised");
    assertThat(page.getByText("limit raised")).hasCount(1);

    page.locator("nav a").getByText("Alerts").click();
    page.getByLabel("Waivers").getByText("End").click();
    assertThat(page.locator("#toast")).hasText("The waiver has ended.");
    assertThat(web.commands.calls.getLast()).isEqualTo("unwaive wvr_1");
  }

  @Test
  void ownHealthIsListedOnlyWhenAskedForOrWrong() {
    var well = full("source-health", user("ionq-lab"), "1", "2");
    web.snapshot =
        snapshot(
            List.of(policy("quota", Dimension.USER), policy("source-health", Dimension.USER)),
            List.of(quiet(CALM), quiet(well)));
    Page page = open("/");
    assertThat(names(page)).containsExactly("user=bob");
    page.getByText("Show all of it").click();
    assertThat(page.locator("tbody tr")).hasCount(2);
  }

  @Test
  void anActionThatWaitsIsApproved() {
    Action waiting = Figures.waitingAction();
    web.database.enforce.put(waiting);
    Page page = open("/");
    assertThat(page.locator("a.tile").last()).containsText("1");
    page.locator("a.tile").last().click();
    assertThat(page.getByLabel("Waiting for approval")).containsText("job-1");
    Browser.keep(page, "actions");
    button(page, "Approve").click();
    assertThat(page.locator("dialog h2")).hasText("Approve: cancel-queued on job-1");
    page.getByLabel("Your name").fill("ada");
    page.locator("dialog button[type=submit]").click();
    enterToken(page);
    assertThat(page.locator("#toast")).hasText("Approved.");
    assertThat(web.enforcing.calls).containsExactly("approve " + waiting.id() + " ada");
  }

  @Test
  void aDeadLetterIsSentAgain() {
    web.commands.effect =
        call ->
            web.database.notifications.set(
                0, Figures.notification("swn_0000000000000001", Notification.State.PENDING));
    Page page = open("/");
    page.locator("a.tile").filter(new Locator.FilterOptions().setHasText("dead letters")).click();
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page.locator("tbody tr a").first()).containsText("user=ada");
    Browser.keep(page, "dead-letters");
    button(page, "Send again").click();
    enterToken(page);
    assertThat(page.locator("main")).containsText("There is none.");
    assertThat(web.commands.calls).containsExactly("retry swn_0000000000000001");
  }

  @Test
  void anAlertArrivesWithoutAskingAndTakesNeitherFocusNorWhatIsOpen() {
    show(Optional.empty());
    Page page = open("/budgets/" + HOT.budget().id());
    assertThat(page.locator("#live")).hasAttribute("data-state", "live");
    page.getByText("The numbers").click();
    page.locator("pre").focus();
    // Well before the page would ask by itself.
    show(Optional.of(Samples.firing(HOT)));
    web.changed();
    assertThat(page.locator("#banner")).containsText("nearly-spent");
    assertThat(page.locator("details").first()).hasAttribute("open", "");
    assertThat(page.locator("pre")).isFocused();
    assertThat(page.title()).startsWith("(1)");
  }

  @Test
  void sourcesShowWhatFailedAndListsOfOtherBuildsAreNotMissed() {
    Page page = open("/sources");
    assertThat(page.locator("tbody tr").last()).containsText("401 from /v1");
    assertThat(page.locator("tbody tr").first()).containsText("in 4.0 min");
    Browser.keep(page, "sources");
    for (String path : List.of("/actions", "/reports", "/audit", "/policies", "/notifications")) {
      browser.turnTo(page, address(path));
      assertThat(page.locator("main .card, main p").first()).isVisible();
    }
  }

  @Test
  void whatComesFromOutsideIsTextAndNeverMarkup() {
    var evil = full("<img src=x onerror=alert(1)>", user("<b>bold</b>"), "1", "2");
    web.snapshot = snapshot(List.of(policy("quota")), List.of(quiet(evil)));
    Page page = open("/");
    assertThat(page.locator("tbody th")).containsText("<img src=x onerror=alert(1)>");
    assertThat(page.locator("main img, main b")).hasCount(0);
  }

  /// One window for all of it: it is the same document that becomes dark and narrow, as when the
  /// sun sets or a window is dragged.
  @Test
  void axeFindsNoSeriousFaultInLightInDarkAndOnAPhone() {
    Page page = open("/");
    for (String path :
        List.of(
            "/",
            "/alerts",
            "/sources",
            "/notifications",
            "/policies",
            "/policies/quota",
            "/actions",
            "/reports",
            "/audit",
            "/budgets/" + HOT.budget().id())) {
      Browser.paint(page, ColorScheme.LIGHT, 1280, 844);
      browser.turnTo(page, address(path));
      assertSound(page, path, "light-1280");
      Browser.paint(page, ColorScheme.DARK, 390, 844);
      assertSound(page, path, "dark-390");
    }
  }

  private static void assertSound(Page page, String path, String look) {
    assertThat(Browser.seriousFaults(page)).as(path + " " + look).isEmpty();
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .as("%s fits into its window (%s)", path, look)
        .isEqualTo(true);
    if (path.equals("/") || path.startsWith("/budgets")) {
      Browser.keep(page, (path.equals("/") ? "budgets-" : "budget-") + look);
    }
  }

  @Test
  void everythingIsReachedWithTheKeyboard() {
    Page page = open("/alerts");
    page.keyboard().press("Tab");
    assertThat(page.locator(".skip")).isFocused();
    page.keyboard().press("Enter");
    page.keyboard().press("Tab");
    assertThat(page.locator("tbody a").first()).isFocused();
    page.keyboard().press("Tab");
    assertThat(button(page, "Acknowledge")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.getByLabel("Your name")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog")).hasCount(0);
    assertThat(button(page, "Acknowledge")).isFocused();
  }

  @Test
  void tenThousandBudgetsArePagedByTheServerAndPaintedWithinASecond() {
    var views =
        IntStream.range(0, 10_000)
            .mapToObj(i -> quiet(full("quota", user("u%05d".formatted(i)), i + ".5", "10000")))
            .toList();
    web.snapshot = snapshot(List.of(policy("quota", Dimension.USER)), views);
    // The first load warms the program up; a browser beside a build on two cores may stumble once.
    Page page = open("/");
    double best = Browser.firstPaintMillis(page);
    for (int i = 0; i < 2 && best > 1000; i++) {
      browser.turnTo(page, address("/"));
      best = Math.min(best, Browser.firstPaintMillis(page));
    }
    assertThat(page.locator("tbody tr")).hasCount(50);
    assertThat(best).as("first contentful paint in milliseconds").isLessThan(1000);
    assertThat(names(page)).first().isEqualTo("user=u09999");
    page.getByText("Next page").click();
    assertThat(page.locator("tbody tr small").first()).hasText("user=u09949");
  }
}
