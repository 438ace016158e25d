package io.rela.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.failure.Outage.Kind;
import io.rela.failure.Outage.Place;
import io.rela.testing.LocalSpark;
import io.rela.testing.OpenFiles;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.hdfs.protocol.NSQuotaExceededException;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.ShuffleWriteMetrics;
import org.apache.spark.storage.DiskBlockObjectWriter;
import org.apache.spark.storage.TempLocalBlockId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failures of the world are known by their words, wherever those stand. */
class OutageTest {
    /** A device that is always full. */
    private static final File FULL = new File("/dev/full");

    /** As exceptions of storage clients are that hold a connection: it cannot be sent, so its text alone arrives. */
    private static final class Unsendable extends IOException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"unused", "serial"})
        private final Object connection = new Object();

        Unsendable(Throwable cause) {
            super("upload failed", cause);
        }
    }

    @Test
    void aFullDiskIsFoundAtAnyDepth() {
        assumeThat(FULL).exists();
        Throwable full = full();
        for (Throwable failure : List.of(
                full,
                new UncheckedIOException((IOException) full),
                catchThrowable(OutageTest::writeHomeFile),
                new IllegalStateException(new RuntimeException("writing failed", new IOException(full))))) {
            Outage found = Outage.in(failure).orElseThrow();
            assertThat(found.kind()).isEqualTo(Kind.NO_SPACE);
            assertThat(found.place()).isEqualTo(Place.HOME);
            assertThat(found.words()).contains("No space left on device");
        }
        Exception lock = new IOException("No space left on device");
        lock.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("java.nio.file.Files", "write", "Files.java", 1),
            new StackTraceElement("io.rela.home.LockStorage", "writeAside", "LockStorage.java", 1),
            new StackTraceElement("org.apache.spark.deploy.SparkSubmit", "main", "SparkSubmit.scala", 1)
        });
        assertThat(Outage.in(lock)).map(Outage::place).contains(Place.HOME);
        Exception closing = new IOException("close failed");
        closing.addSuppressed(full);
        assertThat(Outage.in(closing)).map(Outage::kind).contains(Kind.NO_SPACE);
    }

    @Test
    void theTextOfATasksExceptionIsEnough() {
        assumeThat(FULL).exists();
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
        Throwable failure = catchThrowable(() -> spark.parallelize(List.of(1), 1)
                .map(one -> {
                    try {
                        writeHomeFile();
                    } catch (FSError e) {
                        throw new Unsendable(e);
                    }
                    return one;
                })
                .collect());
        assertThat(failure).isInstanceOf(SparkException.class).hasNoCause();
        Outage found = Outage.in(new IllegalStateException(failure)).orElseThrow();
        assertThat(found.kind()).isEqualTo(Kind.NO_SPACE);
        assertThat(found.place()).isEqualTo(Place.HOME);
        assertThat(found.words()).isEqualTo("No space left on device");
    }

    @Test
    void sparksOwnDiskIsToldFromTheHomes() {
        assumeThat(FULL).exists();
        LocalSpark.session();
        Throwable spilling = catchThrowable(() -> {
            SparkEnv env = SparkEnv.get();
            try (DiskBlockObjectWriter writer = new DiskBlockObjectWriter(
                    FULL,
                    env.serializerManager(),
                    env.serializer().newInstance(),
                    1024,
                    false,
                    new ShuffleWriteMetrics(),
                    new TempLocalBlockId(new java.util.UUID(0, 1)))) {
                writer.write(1L, "x".repeat(1 << 20));
                writer.commitAndGet();
            }
        });
        assertThat(Outage.in(spilling)).map(Outage::place).contains(Place.SPARK);
        assertThat(told(Outage.in(spilling).orElseThrow()).getMessage()).contains("spark.local.dir");

        Throwable writing = catchThrowable(OutageTest::writeHomeFile);
        assertThat(Outage.in(writing)).map(Outage::place).contains(Place.HOME);
        assertThat(told(Outage.in(writing).orElseThrow()).getMessage()).doesNotContain("spark.local.dir");
    }

    @ParameterizedTest
    @CsvSource({
        "/data1/spark-11111111-2222-3333-4444-555555555555/blockmgr-aaaaaaaa-1111-2222-3333-444444444444/0c/shuffle_0,SPARK",
        "/yarn/nm/usercache/me/appcache/application_1700000000000_0001/x,SPARK",
        "/home/me/.djl.ai/pytorch/2.7.1-cpu-linux-x86_64/libtorch_cpu.so,LIBRARIES",
        "/scratch/rela-djl-me/pytorch/x.so,LIBRARIES",
        "/data/home/targets/part-0.parquet,HOME"
    })
    void aPathTellsWhoseDiskIsFull(String path, Place place) {
        Throwable failure = new FileSystemException(path, null, "No space left on device");
        assertThat(Outage.in(failure)).map(Outage::place).contains(place);
    }

    @Test
    void quotasOfHdfsAreKnownByTheirNames() {
        for (Exception quota : List.of(new DSQuotaExceededException(1, 2), new NSQuotaExceededException(1, 2))) {
            assertThat(Outage.in(new IOException(quota))).map(Outage::kind).contains(Kind.QUOTA);
            assertThat(Outage.in(new IllegalStateException("Lost task 0.3 in stage 3.0 (TID 8) (host 1): " + quota)))
                    .map(Outage::kind)
                    .contains(Kind.QUOTA);
        }
    }

    @Test
    void whatJavaSaysWhenTheSystemOpensNoMoreFiles() throws Exception {
        assumeThat(new File("/bin/bash")).exists();
        Process process = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "ulimit -n 64 && exec \"$0\" -Xshare:auto -cp \"$1\" \"$2\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        Path.of(OpenFiles.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        OpenFiles.class.getName())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        Outage found = Outage.in(new SparkException(said)).orElseThrow();
        assertThat(found.kind()).isEqualTo(Kind.OPEN_FILES);
        assertThat(told(found).getMessage()).contains("ulimit -n", "Too many open files");
    }

    @Test
    void aNameNodeThatRefusesConnectionsIsALostFileSystem() {
        Configuration conf = new Configuration();
        conf.setInt("ipc.client.connect.max.retries", 0);
        Throwable failure =
                catchThrowable(() -> FileSystem.newInstance(java.net.URI.create("hdfs://127.0.0.1:1/"), conf)
                        .exists(new org.apache.hadoop.fs.Path("/x")));
        Outage found = Outage.in(failure).orElseThrow();
        assertThat(found.kind()).isEqualTo(Kind.LOST);
        assertThat(found.words()).contains("Connection refused");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.io.IOException: Disk quota exceeded | QUOTA
            java.nio.file.FileSystemException: /mnt/x: Stale file handle | LOST
            java.io.IOException: Stale NFS file handle | LOST
            java.io.FileNotFoundException: /mnt/x (Read-only file system) | LOST
            java.nio.file.FileSystemException: /mnt/x: Transport endpoint is not connected | LOST
            java.io.FileNotFoundException: /mnt/x (Input/output error) | LOST
            java.io.FileNotFoundException: /mnt/x (Too many open files) | OPEN_FILES
            java.io.FileNotFoundException: /mnt/x (Too many open files in system) | OPEN_FILES
            org.apache.hadoop.ipc.RemoteException(org.apache.hadoop.hdfs.server.namenode.SafeModeException): Cannot create file | LOST
            java.io.IOException: File /x could only be written to 0 of the 1 minReplication nodes. | LOST
            """)
    void whatOthersSay(String words, Kind kind) {
        assertThat(Outage.in(new IllegalStateException(words)))
                .map(Outage::kind)
                .contains(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "java.io.IOException: Connection refused",
        "java.io.FileNotFoundException: /mnt/x (No such file or directory)",
        "java.lang.OutOfMemoryError: Java heap space"
    })
    void whatIsNotOneIsNotTaken(String words) {
        assertThat(Outage.in(new IllegalStateException(words))).isEmpty();
    }

    @Test
    void ourOwnMessagesMayRepeatTheWords() {
        assertThat(Outage.in(new RelaException(
                        ExitCode.REJECTS, "1 of 2 pictures are rejected, a.jpg (unreadable: Too many open files)")))
                .isEmpty();
        assertThat(Outage.in(new RelaException(
                        ExitCode.SETTINGS,
                        "--home x cannot be written",
                        new FileNotFoundException("x (Read-only file system)"))))
                .map(Outage::kind)
                .contains(Kind.LOST);
    }

    @Test
    void theMessageSaysWhatTheHomeKeepsWhereItCanBeAsked() {
        Outage full = Outage.in(full()).orElseThrow();
        RelaException kept = full.told("hdfs:///home", () -> Optional.of("keeps 3 of 10 waves"), full());
        assertThat(kept.exitCode()).isEqualTo(ExitCode.INPUT);
        assertThat(kept.getMessage())
                .contains("No space is left where --home hdfs:///home lies", "Make room", "keeps 3 of 10 waves")
                .contains("the same command goes on");
        assertThat(told(full).getMessage()).contains("is as it was");
        Outage lost = Outage.in(new IOException("Stale file handle")).orElseThrow();
        assertThat(lost.told(
                                "file:/home",
                                () -> {
                                    throw new AssertionError("A storage that is gone may not answer");
                                },
                                full())
                        .getMessage())
                .contains("Stale file handle");
    }

    private static RelaException told(Outage outage) {
        return outage.told("file:/home", Optional::empty, new IOException());
    }

    /** The system's own answer, where it has such a device. */
    private static IOException full() {
        assumeThat(FULL).exists();
        try (OutputStream out = new FileOutputStream(FULL)) {
            out.write(1);
        } catch (IOException e) {
            return e;
        }
        throw new AssertionError(FULL + " took a byte");
    }

    /** Hadoop's way to a local disk, which fails with an Error. */
    private static void writeHomeFile() throws IOException {
        RawLocalFileSystem fs = new RawLocalFileSystem();
        fs.initialize(java.net.URI.create("file:///"), new Configuration());
        try (OutputStream out = fs.create(new org.apache.hadoop.fs.Path(FULL.toURI()), true)) {
            out.write(new byte[1 << 20]);
        }
    }
}
