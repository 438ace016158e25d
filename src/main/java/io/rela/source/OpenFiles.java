package io.rela.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that a reader has open, by uri. Safe for threads.
 *
 * <p>Those in use stay open; of the others the ones used last, until there are more than the limit.
 */
final class OpenFiles<T extends Closeable> implements Closeable {
    /** Opens one file. */
    @FunctionalInterface
    interface Opener<T> {
        T open(String uri) throws IOException;
    }

    /** Reads from one open file. */
    @FunctionalInterface
    interface Use<T> {
        byte[] from(T file) throws IOException;
    }

    private static final class Slot<T> {
        private T file;
        private int users;
    }

    private final Opener<T> opener;
    private final int limit;
    private final Map<String, Slot<T>> slots = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    OpenFiles(int limit, Opener<T> opener) {
        this.limit = limit;
        this.opener = opener;
    }

    byte[] read(String uri, Use<T> use) throws IOException {
        Slot<T> slot = acquire(uri);
        try {
            return use.from(opened(slot, uri));
        } finally {
            release(slot);
        }
    }

    private synchronized Slot<T> acquire(String uri) throws IOException {
        if (closed) {
            throw new IOException("The reader is closed");
        }
        Slot<T> slot = slots.computeIfAbsent(uri, key -> new Slot<>());
        slot.users++;
        return slot;
    }

    // Under the slot's own lock: a slow open holds up only those that want the same file.
    private T opened(Slot<T> slot, String uri) throws IOException {
        synchronized (slot) {
            if (slot.file == null) {
                slot.file = opener.open(uri);
            }
            return slot.file;
        }
    }

    private synchronized void release(Slot<T> slot) throws IOException {
        slot.users--;
        Iterator<Slot<T>> eldest = slots.values().iterator();
        while (slots.size() > limit && eldest.hasNext()) {
            Slot<T> candidate = eldest.next();
            if (candidate.users == 0) {
                eldest.remove();
                closeFile(candidate);
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        IOException failure = null;
        for (Slot<T> slot : slots.values()) {
            try {
                closeFile(slot);
            } catch (IOException e) {
                failure = e;
            }
        }
        slots.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private static <T extends Closeable> void closeFile(Slot<T> slot) throws IOException {
        synchronized (slot) {
            if (slot.file != null) {
                slot.file.close();
                slot.file = null;
            }
        }
    }
}
