package io.rela.model;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** DJL's PyTorch engine in this process: started once, with settings that suit a Spark executor. Safe for threads. */
final class TorchRuntime {
    /** The libtorch that this build is made for. */
    static final String VERSION = "2.7.1";

    private static Engine engine;

    private TorchRuntime() {}

    /**
     * The engine, started on the first call.
     *
     * @param threads cores that one forward pass may use, at least 1; libtorch knows one such number a process, so only
     *     the first call's counts
     */
    static synchronized Engine start(int threads) {
        if (engine == null) {
            // Without these DJL probes the network, and re-optimises a graph for each new shape.
            setDefault("ai.djl.offline", "true");
            setDefault("OPT_OUT_TRACKING", "true");
            setDefault("ai.djl.pytorch.graph_optimizer", "false");
            setDefault("ai.djl.pytorch.num_threads", Integer.toString(threads));
            setDefault("ai.djl.pytorch.num_interop_threads", "1");
            engine = startAlone();
        }
        return engine;
    }

    /** How many GPUs libtorch can use. */
    static int gpus(Engine engine) {
        if (!engine.hasCapability("CUDA")) {
            return 0;
        }
        // DJL counts through libcudart, which it may not find though libtorch has it.
        return Math.max(1, engine.getGpuCount());
    }

    /** Executors of one host share the folder into which DJL unpacks its libraries: one at a time. */
    private static Engine startAlone() {
        try {
            Path cache = cacheFolder();
            try (FileChannel lockFile = FileChannel.open(
                            cache.resolve("rela.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lockFile.lock()) {
                assert lock.isValid();
                return Engine.getEngine("PyTorch");
            }
        } catch (IOException e) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    "The folder for libtorch's libraries cannot be written: " + e.getMessage()
                            + ". Set DJL_CACHE_DIR to a folder that can.",
                    e);
        } catch (EngineException | IllegalStateException e) {
            throw new RelaException(
                    ExitCode.DEVICE,
                    "libtorch does not start (" + rootMessage(e)
                            + "). The jar of profile gpu has no libraries of its own: set PYTORCH_LIBRARY_PATH,"
                            + " PYTORCH_VERSION=" + VERSION + " and PYTORCH_FLAVOR (conf/spark-gpu.conf).",
                    e);
        }
    }

    private static Path cacheFolder() throws IOException {
        String named = System.getProperty("DJL_CACHE_DIR", System.getenv("DJL_CACHE_DIR"));
        Path folder = Path.of(named != null ? named : System.getProperty("user.home") + "/.djl.ai");
        if (named == null && !creatable(folder)) {
            folder = Path.of(System.getProperty("java.io.tmpdir"), "rela-djl-" + System.getProperty("user.name"));
            System.setProperty("DJL_CACHE_DIR", folder.toString());
        }
        return Files.createDirectories(folder);
    }

    private static boolean creatable(Path folder) {
        try {
            return Files.isWritable(Files.createDirectories(folder));
        } catch (IOException e) {
            return false;
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null && System.getenv(key) == null) {
            System.setProperty(key, value);
        }
    }
}
