package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.BudgetPictures;
import dev.spendwarden.notify.HttpNotifierContract;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notifier;
import java.net.URI;
import okhttp3.OkHttpClient;

class SlackNotifierContractTest extends HttpNotifierContract {

  @Override
  protected Notifier notifier(URI url) {
    var settings =
        new SlackNotifier.Settings("#spend", () -> "xoxb-not-a-real-token", url, TIMEOUT, true);
    return new SlackNotifier(
        settings,
        new OkHttpClient(),
        new JdkHttpPost(),
        AlertNotes.NONE,
        BudgetPictures.NONE,
        CLOCK);
  }

  @Override
  protected String usualAnswer() {
    return "{\"ok\":true,\"channel\":\"C0SPENDW01\",\"ts\":\"1794994200.000199\"}";
  }
}
