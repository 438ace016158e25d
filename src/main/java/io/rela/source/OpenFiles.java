package io.rela.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that a reader has open, by uri. Safe for threads.
 *
 * <p>Those in use stay open; of the others the ones used last, until there are more than the limit. One from which reading
 * has failed is not used again: the next read opens the file anew.
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
        private boolean failed;
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
        boolean failed = true;
        try {
            byte[] bytes = use.from(opened(slot, uri));
            failed = false;
            return bytes;
        } finally {
            release(uri, slot, failed);
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

    private synchronized void release(String uri, Slot<T> slot, boolean failed) throws IOException {
        slot.users--;
        if (failed) {
            slot.failed = true;
            slots.remove(uri, slot);
        }
        if (slot.failed) {
            if (slot.users == 0) {
                closeBroken(slot);
            }
            return;
        }
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

    private static <T extends Closeable> void closeBroken(Slot<T> slot) {
        try {
            closeFile(slot);
        } catch (IOException e) {
            // What it failed with before is what counts.
            slot.file = null;
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
