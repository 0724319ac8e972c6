package dev.spendwarden.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// Stands between a caller and the real thing behind an interface of JDBC.
final class Proxied {

  private Proxied() {}

  interface Call {
    @Nullable Object make(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
  }

  /// What the real thing throws comes through as it is.
  static <T> T by(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            Proxied.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return call.make(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
