package io.rela.run;

import java.util.Optional;

/**
 * What came of a command. Immutable.
 *
 * @param outcome how it ended
 * @param message one sentence for a person
 * @param home the dataset home, secrets redacted; empty where there is none
 * @param table name of the table that was asked for; empty where there is none
 * @param record what was written or found
 * @param requested what was asked for, where that is not what the record says; else empty
 */
public record CommandResult(
        Outcome outcome,
        String message,
        Optional<String> home,
        Optional<String> table,
        Optional<Figures> record,
        Optional<Figures> requested) {
    /** Of a command that changed no home. */
    public static CommandResult done(String message, Figures record) {
        return new CommandResult(
                Outcome.DONE, message, Optional.empty(), Optional.empty(), Optional.of(record), Optional.empty());
    }

    /** The same about a home. */
    public CommandResult about(Object dataset) {
        return new CommandResult(
                outcome, message, Optional.of(Redaction.of(dataset.toString())), table, record, requested);
    }

    /** The same about a table of a home. */
    public CommandResult about(Object dataset, String name) {
        return new CommandResult(
                outcome, message, Optional.of(Redaction.of(dataset.toString())), Optional.of(name), record, requested);
    }

    /** The same where something else was asked for than what the record says. */
    public CommandResult insteadOf(Figures asked) {
        return new CommandResult(outcome, message, home, table, record, Optional.of(asked));
    }

    /** The same with another outcome. */
    public CommandResult ended(Outcome other) {
        return new CommandResult(other, message, home, table, record, requested);
    }
}
