package dev.spendwarden.sources.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Finds the addresses of a name. Blocking and not interruptible: the client calls it on a thread
/// of its own.
@FunctionalInterface
interface Resolver {

  List<InetAddress> resolve(String host) throws UnknownHostException;

  /// As the operating system does it, `/etc/hosts` included.
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
