package io.rela.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rela.run.Versions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** How a command of the built jar ended under a spark-submit of its own, and what it said. */
public record Submitted(int code, String out, String err) {
    /** Runs {@code bin/rela} on Spark's own jars; what it says lies in the folder. */
    public static Submitted run(Path folder, Object... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of("bin", "rela").toString()));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("RELA_SPARK", Versions.built("spark").substring(0, 1));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Submitted(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** A jar in the folder with this class only, for {@code --jars}. */
    public static Path jarOf(Class<?> only, Path folder) throws IOException {
        String name = only.getName().replace('.', '/') + ".class";
        Path jar = folder.resolve(only.getSimpleName() + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream in = only.getResourceAsStream("/" + name)) {
            out.putNextEntry(new JarEntry(name));
            in.transferTo(out);
        }
        return jar;
    }
}
