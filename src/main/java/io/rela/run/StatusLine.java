package io.rela.run;

import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One line that says how far a command is: redrawn in place on a terminal (bin/rela tells), printed every ten seconds into a
 * log. Safe for threads; to be closed.
 */
final class StatusLine implements AutoCloseable {
    private static final long LOG_MILLIS = 10_000;
    private static final long TERMINAL_MILLIS = 500;

    private final PrintStream err;
    private final boolean terminal = "1".equals(System.getenv("RELA_TERMINAL"));
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "rela-status");
        thread.setDaemon(true);
        return thread;
    });
    private Supplier<Optional<String>> line = Optional::empty;
    private boolean drawn;

    StatusLine(PrintStream err) {
        this.err = err;
        long period = terminal ? TERMINAL_MILLIS : LOG_MILLIS;
        ScheduledFuture<?> unused = clock.scheduleAtFixedRate(this::show, period, period, TimeUnit.MILLISECONDS);
    }

    /** Shows another line from now on; returns the one that was shown. */
    synchronized Supplier<Optional<String>> show(Supplier<Optional<String>> next) {
        Supplier<Optional<String>> before = line;
        line = next;
        return before;
    }

    /** Shows the line now, for good. */
    synchronized void keep() {
        show();
        end();
    }

    /** Prints a sentence that stays. */
    synchronized void say(String sentence) {
        end();
        err.println(Printable.text(sentence));
    }

    private synchronized void show() {
        line.get().ifPresent(text -> {
            if (terminal) {
                err.print("\r" + text + "\u001b[K");
                err.flush();
                drawn = true;
            } else {
                err.println(text);
            }
        });
    }

    private void end() {
        if (drawn) {
            err.println();
            drawn = false;
        }
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        end();
    }
}
