package io.rela.embed;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkEnv;

/**
 * The threads that read and decode pictures: one pool per executor process, as wide as the executor has cores, shared by
 * its tasks, so that decoding goes on beside inference however few tasks a GPU allows. Safe for threads.
 */
final class DecodePool {
    private static ExecutorService pool;

    private DecodePool() {}

    static synchronized ExecutorService get() {
        if (pool == null) {
            AtomicInteger number = new AtomicInteger();
            pool = Executors.newFixedThreadPool(width(), work -> {
                Thread thread = new Thread(work, "rela-decode-" + number.getAndIncrement());
                thread.setDaemon(true);
                return thread;
            });
        }
        return pool;
    }

    private static int width() {
        int processors = Runtime.getRuntime().availableProcessors();
        SparkEnv env = SparkEnv.get();
        return env == null ? processors : env.conf().getInt("spark.executor.cores", processors);
    }
}
