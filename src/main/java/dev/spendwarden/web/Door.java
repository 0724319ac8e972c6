package dev.spendwarden.web;

import dev.spendwarden.web.BearerGuard.Accepted;
import dev.spendwarden.web.BearerGuard.Right;
import dev.spendwarden.web.BearerGuard.Verdict;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a request in or answers it with why not. A token file that cannot be read closes the door.
final class Door {

  private static final Logger log = LoggerFactory.getLogger(Door.class);

  private final Supplier<Tokens> tokens;
  private final Workers workers;
  private final BearerGuard guard;
  private final AtomicBoolean unreadable = new AtomicBoolean();

  /// @param workers where token files are read
  /// @param nanoTime monotonic
  Door(Supplier<Tokens> tokens, Workers workers, LongSupplier nanoTime) {
    this.tokens = tokens;
    this.workers = workers;
    this.guard = new BearerGuard(nanoTime);
  }

  /// `next` for whoever may read: everybody, unless a token for reading is configured.
  Handler<RoutingContext> reading(Handler<RoutingContext> next) {
    return ctx -> {
      if (tokens.get().guardReading()) {
        admit(ctx, Right.READ, next);
      } else {
        next.handle(ctx);
      }
    };
  }

  /// `next` for whoever may change things.
  Handler<RoutingContext> changing(Handler<RoutingContext> next) {
    return ctx -> admit(ctx, Right.WRITE, next);
  }

  private void admit(RoutingContext ctx, Right right, Handler<RoutingContext> next) {
    String authorization = ctx.request().getHeader("Authorization");
    String address = String.valueOf(ctx.request().remoteAddress().hostAddress());
    workers
        .run(() -> guard.check(address, authorization, right, accepted()))
        .onSuccess(verdict -> {
          if (ctx.response().closed()) {
            return;
          }
          if (verdict instanceof Verdict.Allowed) {
            next.handle(ctx);
          } else {
            refuse(ctx, verdict);
          }
        })
        .onFailure(failure -> Answers.failure(ctx, failure));
  }

  private Accepted accepted() {
    Tokens now = tokens.get();
    try {
      var accepted = new Accepted(now.write().map(Supplier::get), now.read().map(Supplier::get));
      unreadable.set(false);
      return accepted;
    } catch (UncheckedIOException e) {
      if (unreadable.compareAndSet(false, true)) {
        log.warn("a token file cannot be read, so nobody is let in: {}", e.getMessage());
      }
      throw Problem.unavailable("the daemon cannot read its token file; see its log");
    }
  }

  private static void refuse(RoutingContext ctx, Verdict verdict) {
    switch (verdict) {
      case Verdict.Allowed _ -> throw new IllegalStateException("it was allowed");
      case Verdict.Closed _ ->
          forbid(
              ctx,
              "Changes are off",
              "calls that change something need a token, and none is configured: set"
                  + " server.token_file and reload");
      case Verdict.ReadOnly _ ->
          forbid(
              ctx,
              "This token only reads",
              "calls that change something need the token of server.token_file");
      case Verdict.Wrong wrong -> {
        ctx.response().putHeader("WWW-Authenticate", "Bearer realm=\"spendwarden\"");
        Answers.problem(ctx, new Problem(401, "Not authorized", wrong.detail(), List.of()));
      }
      case Verdict.Wait wait -> {
        ctx.response().putHeader("Retry-After", Long.toString(wait.seconds()));
        Answers.problem(
            ctx, new Problem(429, "Too many wrong tokens", "wait as Retry-After says", List.of()));
      }
    }
  }

  private static void forbid(RoutingContext ctx, String title, String detail) {
    Answers.problem(ctx, new Problem(403, title, detail, List.of()));
  }
}
