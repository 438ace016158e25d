package io.rela.cli.options;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with the settings, so that a person mends it in one go. One thread. */
public final class Problems {
    private record Problem(ExitCode code, String message) {}

    private final List<Problem> found = new ArrayList<>();

    /** Notes a bad setting: the message names the setting, the value and the repair. */
    public void add(String message) {
        found.add(new Problem(ExitCode.SETTINGS, message));
    }

    /** Notes an input that is missing or unreadable. */
    public void addMissing(String message) {
        found.add(new Problem(ExitCode.INPUT, message));
    }

    /** Notes a bad setting unless the condition holds. */
    public void check(boolean holds, String message) {
        if (!holds) {
            add(message);
        }
    }

    /** Notes a number below 1; null is none. */
    public void atLeastOne(String option, Integer value) {
        check(value == null || value >= 1, option + " " + value + ": write a number of at least 1");
    }

    /** Notes what is no share, from 0 to 1; null is none. */
    public void share(String option, Double value) {
        check(value == null || (value >= 0 && value <= 1), option + " " + value + " is no share: write 0 to 1");
    }

    /** Notes what is no SHA-256 in hexadecimal digits; null is none. */
    public void sha256(String option, String value) {
        check(
                value == null || value.matches("[0-9a-fA-F]{64}"),
                option + " " + value + " is no SHA-256: write its 64 hexadecimal digits, as sha256sum prints them");
    }

    /**
     * Ends the command when something was noted.
     *
     * @throws RelaException with all messages, and the code for input when nothing but input is wrong
     */
    public void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        List<String> messages = found.stream().map(Problem::message).toList();
        ExitCode code = found.stream().allMatch(p -> p.code() == ExitCode.INPUT) ? ExitCode.INPUT : ExitCode.SETTINGS;
        throw new RelaException(
                code,
                messages.size() == 1
                        ? messages.get(0)
                        : messages.size() + " settings are wrong:\n  " + String.join("\n  ", messages));
    }
}
