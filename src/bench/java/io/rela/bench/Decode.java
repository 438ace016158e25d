package io.rela.bench;

import io.rela.image.ImageDecoder;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import io.rela.image.Preprocessor;
import io.rela.image.UndecodableImageException;
import io.rela.model.NativeHeap;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * From encoded bytes in memory to a model's input, on all cores. Prints one number: pictures a second.
 *
 * <p>Arguments: folder of pictures, input size, threads, seconds.
 */
public final class Decode {
    private Decode() {}

    public static void main(String[] args) throws Exception {
        NativeHeap.keepFreed();
        List<byte[]> pictures = new ArrayList<>();
        for (Pictures.Picture picture : Pictures.read(Path.of(args[0]), 2_000)) {
            pictures.add(picture.bytes());
        }
        int size = Integer.parseInt(args[1]);
        int threads = Integer.parseInt(args[2]);
        double seconds = Double.parseDouble(args[3]);
        rate(pictures, size, threads, seconds);
        System.out.println(rate(pictures, size, threads, seconds));
    }

    private static double rate(List<byte[]> pictures, int size, int threads, double seconds) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        AtomicInteger next = new AtomicInteger();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        List<Future<Long>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            running.add(pool.submit(() -> prepare(pictures, size, next, end)));
        }
        long done = 0;
        for (Future<Long> each : running) {
            done += each.get();
        }
        pool.shutdown();
        return done / seconds;
    }

    private static long prepare(List<byte[]> pictures, int size, AtomicInteger next, long end) {
        ImageDecoder decoder = new ImageDecoder();
        Preprocessor preprocessor =
                new Preprocessor(new Preprocessing(size, size, Interpolation.BILINEAR, Normalization.IMAGENET));
        ByteBuffer out = ByteBuffer.allocateDirect(3 * size * size);
        long done = 0;
        while (System.nanoTime() < end) {
            byte[] encoded = pictures.get(Math.floorMod(next.getAndIncrement(), pictures.size()));
            try {
                preprocessor.levels(decoder.decode(encoded), out);
                done++;
            } catch (UndecodableImageException e) {
                // A reject is no picture.
            }
        }
        return done;
    }
}
