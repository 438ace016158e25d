package io.rela.embed;

import io.rela.image.ImageDecoder;
import io.rela.image.Preprocessing;
import io.rela.image.Preprocessor;
import io.rela.image.UndecodableImageException;
import io.rela.metrics.Meters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Reads, decodes and prepares one picture at a time, for one task, on the pool's threads. Safe for threads. */
final class PictureLoader {
    private final Preprocessing preprocessing;
    private final ImageDecoder decoder = new ImageDecoder();
    private final ConcurrentLinkedDeque<Preprocessor> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder readNanos = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();
    private final CountDownLatch abandoned = new CountDownLatch(1);

    PictureLoader(Preprocessing preprocessing) {
        this.preprocessing = preprocessing;
    }

    /**
     * Puts a picture into its slot of the batch.
     *
     * @param clock is told when decoding begins
     * @return null, or why there is no picture; the slot's content is then undefined
     * @throws IOException if its bytes cannot be read, which says nothing of the picture
     */
    Reject load(EmbedPipeline.Picture picture, ByteBuffer slot, DecodingClock clock) throws IOException {
        if (abandoned.getCount() == 0) {
            throw new CancellationException("The task was given up");
        }
        long start = System.nanoTime();
        byte[] encoded;
        try {
            encoded = picture.encoded(this::pause);
        } catch (UndecodableImageException e) {
            return new Reject(e.reason(), e.getMessage());
        } finally {
            spent(readNanos, Meters.Part.READ, start);
        }
        start = System.nanoTime();
        clock.begin();
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
            spent(decodeNanos, Meters.Part.DECODE, start);
        }
    }

    private static void spent(LongAdder ofTask, Meters.Part part, long start) {
        long nanos = System.nanoTime() - start;
        ofTask.add(nanos);
        Meters.ofProcess().spent(part, nanos);
    }

    private boolean pause(long millis) throws InterruptedException {
        return !abandoned.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Lets pictures that have not begun, or that wait for another try, come to nothing at once. */
    void abandon() {
        abandoned.countDown();
    }

    double readSeconds() {
        return readNanos.sum() / 1e9;
    }

    double decodeSeconds() {
        return decodeNanos.sum() / 1e9;
    }
}
