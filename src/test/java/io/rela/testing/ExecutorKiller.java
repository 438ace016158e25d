package io.rela.testing;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** For {@code spark.extraListeners} of a local cluster: kills an executor process when the third and the twelfth task end. */
public final class ExecutorKiller extends SparkListener {
    private static final Set<Integer> AFTER = Set.of(3, 12);

    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        if (AFTER.contains(ended.incrementAndGet())) {
            ProcessHandle.current()
                    .descendants()
                    .filter(process -> process.info()
                            .commandLine()
                            .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
                            .isPresent())
                    .findFirst()
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }
}
