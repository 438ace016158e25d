package io.rela.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void controlCharactersAreSpelledOutAndOtherTextStays() {
        String name = "a\u001b[31m\tb\r\u007f\u202e\u0085 é 日本 \uD83D\uDE00 'q' \\ %\nline";

        assertThat(Printable.line(name))
                .isEqualTo("a\\x1b[31m\\x09b\\x0d\\x7f\\u202e\\x85 é 日本 \uD83D\uDE00 'q' \\ %\\nline");
        assertThat(Printable.text(name)).isEqualTo(Printable.line(name).replace("\\n", "\n"));
    }
}
