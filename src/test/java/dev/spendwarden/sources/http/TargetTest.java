package dev.spendwarden.sources.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.sources.FailureReason;
import java.net.URI;
import java.net.URISyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://api.example/",
        "jar:https://api.example/!/x",
        "//api.example/",
        "https:/api.example",
        "https:api.example",
        "https://",
        "https:///x",
        "https://user@api.example/",
        "https://user:pw@api.example/",
        "https://api.example@10.0.0.1/",
        "https://2130706433/",
        "https://2852039166/latest/meta-data/",
        "https://0xa9fea9fe/",
        "https://0xa9.0xfe.0xa9.0xfe/",
        "https://0251.0376.0251.0376/",
        "https://169.254.43518/",
        "https://169.254.169.254./",
        "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a9fe:a9fe]/",
        "file:///etc/passwd",
        "jar:https://api.example/x.jar!/",
        "gopher://api.example/",
        "//api.example/",
        "https:api.example",
        "https://api.example:443@evil.example/",
        "https://user@api.example/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://0x7f.0.0.1/",
        "https://127.0.0.1./",
        "https://127.0.0.256/",
        "https://1.2.3.4.5/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://api.example:0/",
        "https://api.example:65536/",
        "https://api.example:99999999999/",
        "https://api.example\\@10.0.0.1/",
        "https://api.example\\.evil/",
        "https://%31%32%37.0.0.1/",
        "https://１２７.0.0.1/",
        "https://api.example/ü",
      })
  void trickyUrlsAreRefused(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return; // Never gets as far as a request.
    }
    assertThatThrownBy(() -> Target.of(uri))
        .isInstanceOfSatisfying(
            RequestFailure.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.REFUSED));
  }

  @ParameterizedTest
  @CsvSource({
    "https://API.Example/v1, https://api.example, /v1",
    "https://api.example:443, https://api.example, /",
    "HTTPS://api.example:8443/a?b=c#d, https://api.example:8443, /a?b=c",
    "http://10.0.0.1:80/x, http://10.0.0.1, /x",
    "http://[::1]:9/x, http://[::1]:9, /x",
    "https://1password.example/, https://1password.example, /",
  })
  void usualUrlsAreTakenApart(String url, String origin, String path) throws Exception {
    Target target = Target.of(URI.create(url));
    assertThat(target.origin()).hasToString(origin);
    assertThat(target.pathAndQuery()).isEqualTo(path);
  }

  @Test
  void originsDifferBySchemeHostAndPort() {
    var origin = Origin.of(URI.create("https://api.example/a"));
    assertThat(origin).isEqualTo(Origin.of(URI.create("https://API.example:443/b?c")));
    assertThat(origin).isNotEqualTo(Origin.of(URI.create("http://api.example:443/a")));
    assertThat(origin).isNotEqualTo(Origin.of(URI.create("https://api.example:444/a")));
    assertThat(origin).isNotEqualTo(Origin.of(URI.create("https://api.example.evil/a")));
  }
}
