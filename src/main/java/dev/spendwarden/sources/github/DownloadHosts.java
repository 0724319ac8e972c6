package dev.spendwarden.sources.github;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The hosts a report may be fetched from.
///
/// By default GitHub's own: `github.com`, where the documented addresses lie;
/// `githubusercontent.com` with all below it, GitHub's domain for stored files; the host of the
/// base URL; and for a tenant at `api.SUBDOMAIN.ghe.com` all of `SUBDOMAIN.ghe.com`. Domains in
/// which anybody can rent a name (`blob.core.windows.net`, `amazonaws.com`) are not among them:
/// where an enterprise's reports lie there, the one host is named in `download_hosts`.
///
/// @param hosts in lower case; one that begins with a dot stands for all below it
record DownloadHosts(List<String> hosts) {

  private static final String TENANTS = ".ghe.com";

  static DownloadHosts of(GithubSettings settings) {
    if (!settings.downloadHosts().isEmpty()) {
      return new DownloadHosts(
          settings.downloadHosts().stream().map(host -> host.toLowerCase(Locale.ROOT)).toList());
    }
    var own = new ArrayList<>(List.of("github.com", ".githubusercontent.com"));
    String base = String.valueOf(settings.baseUrl().getHost()).toLowerCase(Locale.ROOT);
    own.add(base);
    if (base.startsWith("api.") && base.endsWith(TENANTS)) {
      String tenant = base.substring("api.".length());
      own.add(tenant);
      own.add("." + tenant);
    }
    return new DownloadHosts(List.copyOf(own));
  }

  boolean allow(String host) {
    return hosts.stream()
        .anyMatch(
            allowed -> allowed.startsWith(".") ? host.endsWith(allowed) : host.equals(allowed));
  }
}
