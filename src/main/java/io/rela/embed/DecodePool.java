package io.rela.embed;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkEnv;

/**
 * The threads that read and decode pictures: one pool per executor process, as wide as the executor has cores, shared by
 * its tasks, so that decoding goes on beside inference however few tasks a GPU allows. Safe for threads.
 */
final class DecodePool {
    private static ThreadPoolExecutor pool;

    private DecodePool() {}

    static synchronized ExecutorService get() {
        if (pool == null) {
            AtomicInteger number = new AtomicInteger();
            int width = width();
            pool = new ThreadPoolExecutor(width, width, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "rela-decode-" + number.getAndIncrement());
                thread.setDaemon(true);
                return thread;
            });
        }
        return pool;
    }

    /** One thread more, for one whose picture has no end. */
    static synchronized void replaceOne() {
        pool.setMaximumPoolSize(pool.getMaximumPoolSize() + 1);
        pool.setCorePoolSize(pool.getCorePoolSize() + 1);
    }

    private static int width() {
        int processors = Runtime.getRuntime().availableProcessors();
        SparkEnv env = SparkEnv.get();
        return env == null ? processors : env.conf().getInt("spark.executor.cores", processors);
    }
}
