package io.rela.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rela.ExitCode;
import io.rela.demo.DemoPictures;
import io.rela.testing.FaultyFileSystem;
import io.rela.testing.LocalSpark;
import io.rela.testing.Rela;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Homes on disks that are full, on quotas that are used up and on file systems that are gone. */
class DiskFullTest {
    private static final String RETRIES = "ipc.client.connect.max.retries";

    @TempDir
    static Path shared;

    private static Path pictures;
    private static Map<String, List<Integer>> expected;

    @TempDir
    Path folder;

    private boolean mounted;

    @BeforeAll
    static void convertWithRoom() throws IOException {
        pictures = shared.resolve("pictures");
        DemoPictures.write(pictures);
        Path home = shared.resolve("home");
        assertThat(convert(home).code()).isEqualTo(ExitCode.DONE);
        expected = Rela.targetBits(home);
    }

    @AfterEach
    void cleanUp() throws IOException, InterruptedException {
        FaultyFileSystem.heal();
        hadoop().unset(RETRIES);
        if (mounted) {
            assertThat(mount("umount", folder.toString())).isTrue();
        }
    }

    @Test
    void aFullDiskIsToldWithWhatTheHomeKeepsAndTheSameCommandGoesOnOnceThereIsRoom() throws Exception {
        mounted = mount("mount", "-t", "tmpfs", "-o", "size=420k", "tmpfs", folder.toString());
        assumeTrue(mounted, "Only root can mount a small disk");
        Path home = folder.resolve("home");
        Rela.Outcome full = convert(home);
        assertThat(full.code()).as(full.text()).isEqualTo(ExitCode.INPUT);
        assertThat(full.text())
                .contains("No space is left where --home " + home + " lies", "No space left on device", "Make room")
                .containsPattern(
                        "--home " + home + " keeps [123] of 3 waves, \\d+ of 640 pictures: the same command goes on")
                .doesNotContain("unexpected failure", "spark.local.dir");

        assertThat(mount("mount", "-o", "remount,size=64m", folder.toString())).isTrue();
        Rela.Outcome resumed = convert(home);
        assertThat(resumed.code()).as(resumed.text()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(home)).isEqualTo(expected);
        assertThat(home.resolve(".rela")).doesNotExist();
    }

    /** From now on files whose path contains this are refused in HDFS's words. */
    private static void useUpQuota(String part) {
        FaultyFileSystem.fail(new FaultyFileSystem.Plan() {
            @Override
            public void create(org.apache.hadoop.fs.Path file) throws IOException {
                if (file.toString().contains(part)) {
                    throw new DSQuotaExceededException(1 << 20, 1 << 21);
                }
            }
        });
    }

    @Test
    @Tag("slow")
    void aQuotaOfHdfsIsToldTheSameWay() {
        String home = "faulty:" + folder.resolve("home");
        // The third wave begins when the first or the second has ended.
        useUpQuota("/features/000000000512-");
        Rela.Outcome full = convert(home);
        assertThat(full.code()).as(full.text()).isEqualTo(ExitCode.INPUT);
        assertThat(full.text())
                .contains("The quota is used up where --home " + home + " lies", "DiskSpace quota is exceeded")
                .containsPattern("keeps [12] of 3 waves, (256|512) of 640 pictures: the same command goes on")
                .doesNotContain("unexpected failure");

        FaultyFileSystem.heal();
        Rela.Outcome resumed = convert(home);
        assertThat(resumed.code()).as(resumed.text()).isEqualTo(ExitCode.DONE);
        assertThat(Rela.targetBits(folder.resolve("home"))).isEqualTo(expected);
    }

    @Test
    @Tag("slow")
    void aQuotaThatStopsAScoringLeavesTheHomeAsItWas() throws IOException {
        String home = "faulty:" + folder.resolve("home");
        assertThat(convert(home).code()).isEqualTo(ExitCode.DONE);
        String manifest = Files.readString(folder.resolve("home/manifest.json"));
        useUpQuota("/losses/");
        Rela.Outcome full = Rela.run("score", "--home", home, "--epoch", 0, "--learner", "builtin:learner-early");
        assertThat(full.code()).as(full.text()).isEqualTo(ExitCode.INPUT);
        assertThat(full.text())
                .contains(
                        "The quota is used up", "--home " + home + " is as it was: the same command can be run again");
        assertThat(folder.resolve("home/losses")).doesNotExist();
        assertThat(Files.readString(folder.resolve("home/manifest.json"))).isEqualTo(manifest);
    }

    @Test
    void aFileSystemThatCannotBeReachedIsWorthARetry() {
        hadoop().setInt(RETRIES, 0);
        Rela.Outcome lost = convert("hdfs://127.0.0.1:1/home");
        assertThat(lost.code()).as(lost.text()).isEqualTo(ExitCode.INPUT);
        assertThat(lost.text())
                .contains("A file system is gone", "Connection refused", "Look at the storage")
                .doesNotContain("unexpected failure");
    }

    @Test
    void aDiskThatTakesNoWritesIsWorthARetry() throws Exception {
        mounted = mount("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder.toString());
        assumeTrue(mounted, "Only root can mount a small disk");
        Path home = folder.resolve("home");
        assertThat(convert(home).code()).isEqualTo(ExitCode.DONE);
        assertThat(mount("mount", "-o", "remount,ro", folder.toString())).isTrue();
        Rela.Outcome lost = Rela.run("select", "--home", home, "--epoch", 0, "--policy", "uniform", "--ratio", 0.5);
        assertThat(lost.code()).as(lost.text()).isEqualTo(ExitCode.INPUT);
        assertThat(lost.text()).contains("A file system is gone, or takes no writes", "Read-only file system");
    }

    private static Rela.Outcome convert(Object home, Object... more) {
        Object[] args = {
            "convert",
            "--input",
            pictures,
            "--home",
            home,
            "--prior",
            "builtin:prior",
            "--dimensions",
            8,
            "--wave-size",
            256
        };
        Object[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Rela.run(all);
    }

    private static Configuration hadoop() {
        return LocalSpark.session().sparkContext().hadoopConfiguration();
    }

    private static boolean mount(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            // There is no such program here.
            return false;
        }
    }
}
