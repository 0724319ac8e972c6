package dev.spendwarden.sources.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void addressesThatAreNotPublicAreRefused(String address) {
    assertThat(Egress.CLOSED.permits(InetAddress.ofLiteral(address))).isFalse();
  }

  @Test
  void anIpv4AddressMappedIntoIpv6IsJudgedAsWhatItIs() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(Egress.CLOSED.permits(InetAddress.getByAddress(mapped))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.255.255",
        "2606:4700::1",
        "2a00::1"
      })
  void publicAddressesArePermittedButNotOpenedForHttp(String address) {
    assertThat(Egress.CLOSED.permits(InetAddress.ofLiteral(address))).isTrue();
    assertThat(Egress.CLOSED.opens(InetAddress.ofLiteral(address))).isFalse();
  }

  @Test
  void theAllowListOpensWhatItHoldsAndNoMore() {
    var egress = Egress.parse(List.of("10.20.0.0/16", "fd00:1::/32", "192.168.7.9"));

    assertThat(egress.opens(InetAddress.ofLiteral("10.20.255.255"))).isTrue();
    assertThat(egress.opens(InetAddress.ofLiteral("192.168.7.9"))).isTrue();
    assertThat(egress.opens(InetAddress.ofLiteral("fd00:1:2::3"))).isTrue();
    assertThat(egress.permits(InetAddress.ofLiteral("10.21.0.0"))).isFalse();
    assertThat(egress.permits(InetAddress.ofLiteral("192.168.7.8"))).isFalse();
    assertThat(egress.permits(InetAddress.ofLiteral("fd00:2::1"))).isFalse();
  }

  @Test
  void aPrefixOfZeroOpensOneFamily() {
    var egress = Egress.parse(List.of("0.0.0.0/0"));
    assertThat(egress.opens(InetAddress.ofLiteral("169.254.169.254"))).isTrue();
    assertThat(egress.permits(InetAddress.ofLiteral("::1"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0/8",
        "010.0.0.0/8",
        "::/129",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/8/8",
        "*"
      })
  void whatIsNoNetworkIsNamedInTheError(String text) {
    assertThatThrownBy(() -> Egress.parse(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
