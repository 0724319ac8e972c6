package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForeignTextTest {

  @Test
  void cutsAtWholeCharactersAndSaysSo() {
    assertThat(ForeignText.clean("abcdef", 6)).isEqualTo("abcdef");
    assertThat(ForeignText.clean("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(ForeignText.clean("ab😀😀", 5)).isEqualTo("ab😀…");
    assertThat(ForeignText.clean("ab😀😀", 4)).isEqualTo("ab…");
  }

  @Test
  void leavesOutControlCharactersAndHalvesOfPairs() {
    assertThat(ForeignText.clean("a\u0007b\u009fc\udc00d\te\r\nf", 99)).isEqualTo("abcd e  f");
  }

  @Test
  void whatPeopleReadCannotRunBackwards() {
    String trick = "safe\u202egnp.exe\u2066\u200b\u2028end";
    assertThat(ForeignText.forPeople(trick, 99)).isEqualTo("safegnp.exe end");
    assertThat(ForeignText.clean(trick, 99)).isEqualTo(trick);
  }
}
