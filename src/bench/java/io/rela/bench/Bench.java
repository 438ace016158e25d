package io.rela.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * One run that compares what the program does with what bounds it and with its peers: every part is measured several times,
 * in turn with the others, and what counts are ratios of medians within the run. Each measurement is a process of its own,
 * started as a user starts it.
 */
@CommandLine.Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false)
public final class Bench implements Callable<Integer> {
    private static final String DECODE = "decode + preprocess, images/s";
    private static final String BOUND = "bound of both, images/s";

    /** What the jar carries, and its torchvision; .ci/torch.txt says the same. */
    private static final String TORCH = "2.7.1";

    private static final String TORCHVISION = "0.22.1";

    private static final Pattern HIGH_WATER = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    @Option(names = "--input", description = "folder or tar of pictures (default: the demo's)")
    Path input;

    @Option(names = "--prior", description = "TorchScript file (default: builtin:prior)")
    Path prior;

    @Option(names = "--input-size", description = "of the prior, in pixels (default 224; builtin:prior 32)")
    Integer inputSize;

    @Option(names = "--mean", description = "a,b,c")
    String mean;

    @Option(names = "--std", description = "a,b,c")
    String std;

    @Option(
            names = "--only",
            split = ",",
            description = "of limit, convert, distill (needs convert), decode, projection, peer (default all)")
    List<String> only = List.of("limit", "convert", "distill", "decode", "projection", "peer");

    @Option(names = "--repetitions", description = "default ${DEFAULT-VALUE}")
    int repetitions = 5;

    @Option(names = "--pictures", description = "of the input, at most (default ${DEFAULT-VALUE})")
    int pictures = 10_000;

    @Option(names = "--copies", description = "of each picture in the large conversion (default ${DEFAULT-VALUE})")
    int copies = 1;

    @Option(names = "--few", description = "pictures of the small conversion (default ${DEFAULT-VALUE})")
    int few = 64;

    @Option(names = "--seconds", description = "a measurement of limit and decode (default ${DEFAULT-VALUE})")
    double seconds = 4;

    @Option(names = "--batch-sizes", description = "of the limit (default ${DEFAULT-VALUE})")
    String batchSizes = "2,4,8,16,32,128";

    @Option(
            names = "--layouts",
            split = ",",
            description = "of the limit: THREADSxPREDICTORS (default 1xCORES,CORESx1)")
    List<String> layouts = List.of("1x" + cores(), cores() + "x1");

    @Option(names = "--convert-options", description = "more options of convert, in one text")
    String convertOptions = "";

    @Option(names = "--projection-size", split = ",", description = "rows,values,axes (default ${DEFAULT-VALUE})")
    List<Integer> projectionSize = List.of(200_000, 512, 128);

    @Option(names = "--peer-pictures", description = "pictures of the peers' loops (default ${DEFAULT-VALUE})")
    int peerPictures = 256;

    @Option(
            names = "--peer-python",
            description =
                    "a Python with torch, torchvision, or make: a virtual environment in target/bench with the torch that"
                            + " the jar carries, several GB from PyPI, once (default ${DEFAULT-VALUE})")
    String peerPython = "python3";

    @Option(
            names = "--peer-workers",
            split = ",",
            description = "of the reference's DataLoader (default ${DEFAULT-VALUE})")
    List<Integer> peerWorkers = List.of(0, 1, 2);

    @Option(names = "--peer-batches", split = ",", description = "of the tuned loop (default ${DEFAULT-VALUE})")
    List<Integer> peerBatches = List.of(4);

    @Option(
            names = "--peer-precisions",
            split = ",",
            description = "of the tuned loop: float32, bfloat16 (default ${DEFAULT-VALUE})")
    List<String> peerPrecisions = List.of("float32");

    @Option(names = "--json", description = "result (default target/bench/result.json)")
    Path json;

    private final Path root = Path.of(System.getProperty("bench.root"));
    private final Map<String, List<Double>> measured = new LinkedHashMap<>();
    private final List<String[]> ratios = new ArrayList<>();
    private Path work;
    private Path model;
    private int many;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        work = Files.createTempDirectory("rela-bench");
        try {
            prepare();
            for (int round = 1; round <= repetitions; round++) {
                System.err.println("round " + round + " of " + repetitions);
                round(round);
            }
            if (only.contains("projection")) {
                projection();
            }
            compare();
            print();
            save();
            return 0;
        } finally {
            delete(work);
        }
    }

    private void prepare() throws Exception {
        if (prior == null) {
            builtin();
        } else {
            model = prior.toAbsolutePath();
            inputSize = inputSize == null ? 224 : inputSize;
        }
        if (input == null) {
            Path demo = work.resolve("demo");
            run(List.of(root + "/bin/rela", "demo", "--home", demo.toString()));
            input = demo.resolve("pictures");
        }
        List<Pictures.Picture> all = Pictures.read(input, pictures);
        many = copies * all.size();
        for (int copy = 0; copy < copies; copy++) {
            Pictures.write(all, copy, work.resolve("many"));
        }
        Pictures.write(Pictures.spread(all, few), 0, work.resolve("few"));
        Pictures.write(Pictures.spread(all, peerPictures), 0, work.resolve("peer"));
        if (only.contains("peer")) {
            findPeer();
        }
    }

    private void findPeer() throws Exception {
        if (peerPython.equals("make")) {
            Path environment = root.resolve("target/bench/peer");
            peerPython = environment + "/bin/python";
            if (!Files.exists(environment.resolve("made"))) {
                System.err.println("fetching torch and torchvision into " + environment + ": several GB, once");
                run(List.of("python3", "-m", "venv", environment.toString()));
                run(List.of(
                        peerPython, "-m", "pip", "install", "-q", "torch==" + TORCH, "torchvision==" + TORCHVISION));
                Files.createFile(environment.resolve("made"));
            }
        }
        if (!succeeds(List.of(peerPython, "-c", "import torch, torchvision"))) {
            throw new IllegalStateException(
                    "no peer: " + peerPython
                            + " has no torch and torchvision. Name another --peer-python, say make, or leave peer out of --only");
        }
    }

    /** The built-in prior as a file, with what its properties say. */
    private void builtin() throws IOException {
        Properties served = new Properties();
        try (InputStream in = Bench.class.getResourceAsStream("/builtin/prior/serving.properties")) {
            served.load(in);
        }
        model = work.resolve("prior.pt");
        String file = "/builtin/prior/" + served.getProperty("option.modelName") + ".pt";
        try (InputStream in = Bench.class.getResourceAsStream(file)) {
            Files.copy(in, model);
        }
        String[] normalize = served.getProperty("normalize").split(",", -1);
        mean = String.join(",", List.of(normalize).subList(0, 3));
        std = String.join(",", List.of(normalize).subList(3, 6));
        inputSize = Integer.parseInt(served.getProperty("width"));
    }

    private void round(int round) throws Exception {
        if (only.contains("limit")) {
            for (String layout : layouts) {
                String[] parts = layout.split("x", 2);
                for (String line : java(
                        "Limit",
                        "2g",
                        model.toString(),
                        "" + inputSize,
                        parts[0],
                        parts[1],
                        batchSizes,
                        "" + seconds)) {
                    String[] found = line.split(" ", 2);
                    add("limit " + layout + " batch " + found[0] + ", images/s", Double.parseDouble(found[1]));
                }
            }
        }
        if (only.contains("decode")) {
            add(
                    DECODE,
                    Double.parseDouble(java("Decode", "2g", work + "/many", "" + inputSize, "" + cores(), "" + seconds)
                            .get(0)));
        }
        if (only.contains("convert")) {
            convert("few", few, round);
            convert("many", many, round);
            List<Double> small = measured.get("convert few, s");
            List<Double> large = measured.get("convert many, s");
            double apart = large.get(large.size() - 1) - small.get(small.size() - 1);
            add("convert steady, images/s", (many - Math.min(few, many)) / apart);
        }
        if (only.contains("peer")) {
            for (int workers : peerWorkers) {
                peer("reference loop, " + workers + " workers", "reference_loop.py", "--workers=" + workers);
            }
            for (String precision : peerPrecisions) {
                for (int batch : peerBatches) {
                    peer(
                            "tuned loop, " + precision + ", batches of " + batch,
                            "tuned_loop.py",
                            "--precision=" + precision,
                            "--batch-size=" + batch);
                }
            }
        }
    }

    private void peer(String name, String script, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                peerPython,
                root + "/src/bench/python/" + script,
                work + "/peer",
                model.toString(),
                "--input-size=" + inputSize,
                "--mean=" + (mean == null ? "0.485,0.456,0.406" : mean),
                "--std=" + (std == null ? "0.229,0.224,0.225" : std)));
        command.addAll(List.of(options));
        add(
                name + ", images/s",
                Double.parseDouble(
                        last(run(command, Map.of("MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_", "34359738368")))));
    }

    private void convert(String size, int count, int round) throws Exception {
        Path home = work.resolve("home-" + size + "-" + round);
        Path result = work.resolve("result.json");
        List<String> command = new ArrayList<>(List.of(
                root + "/bin/rela",
                "convert",
                "--input=" + work.resolve(size),
                "--home=" + home,
                "--prior=" + model,
                "--input-size=" + inputSize,
                "--max-rejects=1",
                "--result-file=" + result));
        if (mean != null) {
            command.add("--mean=" + mean);
        }
        if (std != null) {
            command.add("--std=" + std);
        }
        if (!convertOptions.isBlank()) {
            command.addAll(List.of(convertOptions.strip().split("\\s+", -1)));
        }
        long start = System.nanoTime();
        long peak = peakMemory(command);
        add("convert " + size + ", s", (System.nanoTime() - start) / 1e9);
        add("convert " + size + ", GiB resident at most", peak / (double) (1 << 20));
        JsonNode record = new ObjectMapper().readTree(result.toFile()).get("record");
        record.get("seconds")
                .fields()
                .forEachRemaining(part -> add(
                        "convert " + size + ": " + part.getKey() + ", s",
                        part.getValue().asDouble()));
        JsonNode embed = record.get("seconds").get("embed");
        if (embed != null) {
            add("convert " + size + ": embedding, images/s", Math.min(count, many) / embed.asDouble());
        }
        if (only.contains("distill") && size.equals("many")) {
            distill(home);
        }
        delete(home);
    }

    /** With the prior as the learner too: what a score costs beside a conversion. */
    private void distill(Path home) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                root + "/bin/rela",
                "distill",
                "--home=" + home,
                "--epoch=0",
                "--learner=" + model,
                "--transfer=fit",
                "--policy=orderdp",
                "--ratio=0.5",
                "--max-rejects=1"));
        long start = System.nanoTime();
        long peak = peakMemory(command);
        add("distill many, s", (System.nanoTime() - start) / 1e9);
        add("distill many, GiB resident at most", peak / (double) (1 << 20));
    }

    private void projection() throws Exception {
        for (String line : java(
                "ProjectionFit",
                "6g",
                "" + projectionSize.get(0),
                "" + projectionSize.get(1),
                "" + projectionSize.get(2),
                "" + repetitions)) {
            String[] found = line.split(" ", 2);
            String name =
                    switch (found[0]) {
                        case "ours" -> "projection fit, s";
                        case "mllib" -> "MLlib's PCA, s";
                        default -> "projection: worst cosine of an axis to MLlib's";
                    };
            add(name, Double.parseDouble(found[1]));
        }
    }

    private void compare() {
        String limit = best("limit ");
        String loop = best("reference loop");
        bound(limit);
        ratio("convert steady / best limit", "convert steady, images/s", limit);
        ratio("convert's embedding / best limit", "convert many: embedding, images/s", limit);
        ratio("convert steady / bound by forward pass and decoding", "convert steady, images/s", BOUND);
        ratio("convert steady / best reference loop", "convert steady, images/s", loop);
        for (String precision : peerPrecisions) {
            ratio(
                    "convert steady / best tuned loop in " + precision,
                    "convert steady, images/s",
                    best("tuned loop, " + precision));
        }
        ratio("decode + preprocess / best limit", DECODE, limit);
        ratio("distill many / convert many", "distill many, s", "convert many, s");
        ratio("MLlib's PCA / projection fit", "MLlib's PCA, s", "projection fit, s");
    }

    /** What forward pass and decoding allow together, each on all cores. */
    private void bound(String limit) {
        List<Double> decoded = measured.get(DECODE);
        if (measured.containsKey(limit) && decoded != null) {
            add(BOUND, 1 / (1 / median(measured.get(limit)) + 1 / median(decoded)));
        }
    }

    private String best(String prefix) {
        return measured.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .max(Comparator.comparingDouble(name -> median(measured.get(name))))
                .orElse("");
    }

    private void ratio(String name, String above, String below) {
        if (measured.containsKey(above) && measured.containsKey(below)) {
            double ratio = median(measured.get(above)) / median(measured.get(below));
            ratios.add(new String[] {name, String.format(Locale.ROOT, "%.3f", ratio), below});
        }
    }

    private void print() {
        System.out.printf(Locale.ROOT, "%-60s %10s %10s %10s%n", "measured", "median", "least", "most");
        measured.forEach((name, values) -> System.out.printf(
                Locale.ROOT,
                "%-60s %10.3f %10.3f %10.3f%n",
                name,
                median(values),
                values.stream().min(Comparator.naturalOrder()).orElseThrow(),
                values.stream().max(Comparator.naturalOrder()).orElseThrow()));
        System.out.println();
        for (String[] ratio : ratios) {
            System.out.printf("%-60s %10s  (%s)%n", ratio[0], ratio[1], ratio[2]);
        }
    }

    private void save() throws IOException {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("input", input.toString());
        content.put("prior", prior == null ? "builtin:prior" : prior.toString());
        content.put("pictures", many);
        content.put("cores", cores());
        content.put("java", System.getProperty("java.version"));
        content.put("repetitions", repetitions);
        content.put("measured", measured);
        Map<String, String> byName = new LinkedHashMap<>();
        ratios.forEach(ratio -> byName.put(ratio[0], ratio[1]));
        content.put("ratios", byName);
        Path file = json == null ? root.resolve("target/bench/result.json") : json;
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), content);
        System.out.println("\n" + file);
    }

    private void add(String name, double value) {
        measured.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        System.err.printf(Locale.ROOT, "  %s: %.3f%n", name, value);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Runs a class of this package in a JVM of its own and returns what it printed. */
    static List<String> java(String name, String heap, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx" + heap));
        command.addAll(List.of(System.getProperty("bench.opens", "").split(" ", -1)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.rela.bench." + name));
        command.addAll(List.of(args));
        return run(command);
    }

    private static List<String> run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    private static List<String> run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines;
        try (BufferedReader said = process.inputReader()) {
            lines = said.lines().toList();
        }
        refuseFailure(command, process.waitFor());
        return lines;
    }

    /** Runs a command and returns the kilobytes that it had resident at most. */
    private static long peakMemory(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path status = Path.of("/proc/" + process.pid() + "/status");
        long peak = 0;
        while (process.isAlive()) {
            try {
                Matcher found = HIGH_WATER.matcher(Files.readString(status));
                if (found.find()) {
                    peak = Math.max(peak, Long.parseLong(found.group(1)));
                }
            } catch (IOException e) {
                // It has just ended.
            }
            process.waitFor(50, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        refuseFailure(command, process.exitValue());
        return peak;
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void refuseFailure(List<String> command, int code) {
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
        }
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
