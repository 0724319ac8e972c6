package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.notify.Dispatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The dispatch by the routes in force, made anew when they are replaced. Thread-safe; but what it
/// makes is used on the thread on which `facts` may be asked.
final class CurrentDispatch implements Supplier<Dispatch> {

  private final Supplier<Config> config;
  private final RuleSummaries.FactsLookup facts;

  private volatile @Nullable Made made;

  private record Made(Config of, Dispatch dispatch) {}

  CurrentDispatch(Supplier<Config> config, RuleSummaries.FactsLookup facts) {
    this.config = config;
    this.facts = facts;
  }

  @Override
  public Dispatch get() {
    Config now = config.get();
    Made known = made;
    if (known != null && known.of() == now) {
      return known.dispatch();
    }
    var dispatch =
        new Dispatch(RouteTree.of(now), new RuleSummaries(facts), now.server().externalUrl());
    made = new Made(now, dispatch);
    return dispatch;
  }
}
