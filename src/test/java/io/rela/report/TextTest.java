package io.rela.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void whatActsOnAPageIsShownByItsNumber() {
        assertThat(Text.visible("a\u202Egpj.exe\u0000\u0085\uFEFF"))
                .isEqualTo("a⟨U+202E⟩gpj.exe⟨U+0000⟩⟨U+0085⟩⟨U+FEFF⟩");
        assertThat(Text.visible("half \uD83D of a pair")).isEqualTo("half ⟨U+D83D⟩ of a pair");
        assertThat(Text.visible("גמל, 猫, 🐈, naïve")).isEqualTo("גמל, 猫, 🐈, naïve");
    }

    @Test
    void whatIsLongKeepsItsEnds() {
        assertThat(Text.shortened("0123456789", 10)).isEqualTo("0123456789");
        assertThat(Text.shortened("0123456789a", 6)).isEqualTo("012…9a");
        assertThat(Text.shortened("🐈🐈🐈🐈🐈🐈", 3)).isEqualTo("🐈…🐈");
    }

    @Test
    void markupOfDataIsText() {
        Markup page = new Markup()
                .open("p", "title", "\"><img src=x onerror='alert(1)'>")
                .data("<script>alert(1)</script> & \u202Eso on")
                .close();
        assertThat(page.toString())
                .isEqualTo("<p title=\"&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;\">"
                        + "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; &amp; ⟨U+202E⟩so on</bdi></p>");
    }

    @Test
    void whatIsOpenedHasToBeClosed() {
        Markup page = new Markup().open("ul").element("li", "one").empty("hr", "class", "thin");
        assertThatThrownBy(page::toString).hasMessageContaining("<ul>");
        assertThat(page.close().toString()).isEqualTo("<ul><li>one</li><hr class=\"thin\"/></ul>");
    }
}
