package io.rela.embed;

import io.rela.image.ImageDecoder;
import io.rela.image.Preprocessing;
import io.rela.image.Preprocessor;
import io.rela.image.RejectReason;
import io.rela.image.UndecodableImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;

/** Reads, decodes and prepares one picture at a time, for one task, on the pool's threads. Safe for threads. */
final class PictureLoader {
    private final Preprocessing preprocessing;
    private final ImageDecoder decoder = new ImageDecoder();
    private final ConcurrentLinkedDeque<Preprocessor> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder readNanos = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();
    private volatile boolean abandoned;

    PictureLoader(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
    }

    /**
     * Puts a picture into its slot of the batch.
     *
     * @return null, or why there is no picture; the slot's content is then undefined
     */
    Reject load(EmbedPipeline.Picture picture, ByteBuffer slot) {
        if (abandoned) {
            return new Reject(RejectReason.UNREADABLE, "the task was given up");
        }
        long start = System.nanoTime();
        byte[] encoded;
        try {
            encoded = picture.encoded();
        } catch (IOException e) {
            return new Reject(RejectReason.UNREADABLE, String.valueOf(e.getMessage()));
        } finally {
            readNanos.add(System.nanoTime() - start);
        }
        start = System.nanoTime();
        Preprocessor preprocessor = idle.poll();
        if (preprocessor == null) {
            preprocessor = new Preprocessor(preprocessing);
        }
        try {
            preprocessor.levels(decoder.decode(encoded), slot);
            return null;
        } catch (UndecodableImageException e) {
            return new Reject(e.reason(), e.getMessage());
        } finally {
            idle.push(preprocessor);
            decodeNanos.add(System.nanoTime() - start);
        }
    }

    /** Lets pictures that have not begun come to nothing at once. */
    void abandon() {
        abandoned = true;
    }

    double readSeconds() {
        return readNanos.sum() / 1e9;
    }

    double decodeSeconds() {
        return decodeNanos.sum() / 1e9;
    }
}
