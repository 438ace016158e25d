package io.rela.cli;

/** Checks of values that several commands take. */
final class Checks {
    private Checks() {}

    static void atLeastOne(Problems problems, String option, Integer value) {
        problems.check(value == null || value >= 1, option + " " + value + ": write a number of at least 1");
    }

    static void share(Problems problems, String option, Double value) {
        problems.check(
                value == null || (value >= 0 && value <= 1), option + " " + value + " is no share: write 0 to 1");
    }

    static void sha256(Problems problems, String option, String value) {
        problems.check(
                value == null || value.matches("[0-9a-fA-F]{64}"),
                option + " " + value + " is no SHA-256: write its 64 hexadecimal digits, as sha256sum prints them");
    }
}
