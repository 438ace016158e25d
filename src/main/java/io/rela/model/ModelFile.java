package io.rela.model;

import io.rela.Digests;
import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.image.Interpolation;
import io.rela.image.Normalization;
import io.rela.image.PixelLayout;
import io.rela.image.Preprocessing;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A prior or a learner as it lies in storage: a TorchScript file, a DJL model directory, or one that the program brings along.
 * Driver only.
 *
 * @param name the setting that names it, and the URI, for messages
 * @param uri as the user wrote it
 * @param module the TorchScript file
 * @param preprocessing what the model wants to see; in the usual layout where nothing is said of it
 * @param layout of the batches that it wants to see, when its directory tells
 * @param source where the model comes from, when its directory tells
 */
public record ModelFile(
        String name,
        String uri,
        Module module,
        Preprocessing preprocessing,
        Optional<PixelLayout> layout,
        Optional<String> source) {
    /** Names models that the program brings along: {@code builtin:prior}. */
    private static final String BUILTIN = "builtin:";

    private static final String PROPERTIES = "serving.properties";
    private static final int USUAL_SIZE = 224;

    /**
     * A TorchScript file: the model itself, or a variant of it.
     *
     * @param bytes of the file
     * @param sha256 of the file, lower-case hex
     * @param precision that it computes in
     */
    public record Module(byte[] bytes, String sha256, Precision precision) {}

    /**
     * What the user said about the model's input; each wins over the model directory.
     *
     * @param inputSize side of the crop in pixels
     * @param resize length of the shorter side after resizing, in pixels
     * @param interpolation filter of the resize
     * @param means of red, green and blue
     * @param stds of red, green and blue
     */
    public record Overrides(
            Optional<Integer> inputSize,
            Optional<Integer> resize,
            Optional<Interpolation> interpolation,
            Optional<List<Float>> means,
            Optional<List<Float>> stds) {}

    /** The same where {@link PrecisionRequest#AUTO} means float32. */
    public static ModelFile read(ModelRequest asked, Configuration conf) {
        return read(asked, AutoPrecision.none(), conf);
    }

    /**
     * Reads a model. Nothing of another file than the pinned one is run, or sent to executors.
     *
     * @param auto what settles the precision where the request leaves it open
     * @throws RelaException when there is no such model, not in this precision, its properties contradict themselves, or it is
     *     another file
     */
    public static ModelFile read(ModelRequest asked, AutoPrecision auto, Configuration conf) {
        String name = asked.name();
        try {
            return isBuiltin(asked.uri()) ? readBuiltin(asked, auto) : readStored(asked, auto, conf);
        } catch (FileNotFoundException e) {
            throw new RelaException(
                    ExitCode.INPUT, name + " is not there. Name a .pt file, a model directory, or builtin:prior.", e);
        } catch (IOException e) {
            throw new RelaException(ExitCode.INPUT, name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Of the file that is run. */
    public byte[] bytes() {
        return module.bytes();
    }

    /** Of the file that is run, lower-case hex. */
    public String sha256() {
        return module.sha256();
    }

    /** That the model computes in. */
    public Precision precision() {
        return module.precision();
    }

    /**
     * The same, on its way to executors.
     *
     * @param content gives the file's bytes there
     */
    public TorchScript script(TorchScript.Content content) {
        return new TorchScript(name, sha256(), precision(), content);
    }

    /** The layout that its directory says, else the one of before. */
    public PixelLayout layoutOr(PixelLayout before) {
        return layout.orElse(before);
    }

    /** Whether the URI names a model that the program would have to bring. */
    public static boolean isBuiltin(String uri) {
        return uri.startsWith(BUILTIN);
    }

    /** Whether the program brings this model. */
    public static boolean hasBuiltin(String uri) {
        return ModelFile.class.getResource(builtinFolder(uri) + PROPERTIES) != null;
    }

    private static String builtinFolder(String uri) {
        return "/builtin/" + uri.substring(BUILTIN.length()) + "/";
    }

    private static ModelFile readBuiltin(ModelRequest asked, AutoPrecision auto) throws IOException {
        Precision precision = Variants.none(asked.name()).choose(asked.precision(), auto);
        String uri = asked.uri();
        String folder = builtinFolder(uri);
        try (InputStream properties = ModelFile.class.getResourceAsStream(folder + PROPERTIES)) {
            if (properties == null) {
                throw new FileNotFoundException(uri);
            }
            Properties served = properties(asked.name(), properties.readAllBytes());
            try (InputStream model =
                    ModelFile.class.getResourceAsStream(folder + served.getProperty("option.modelName") + ".pt")) {
                return of(asked, module(model.readAllBytes(), precision), served.getProperty("sha256"), served);
            }
        }
    }

    private static ModelFile readStored(ModelRequest asked, AutoPrecision auto, Configuration conf) throws IOException {
        String name = asked.name();
        Path path = new Path(asked.uri());
        FileSystem fs = path.getFileSystem(conf);
        if (!fs.getFileStatus(path).isDirectory()) {
            Precision precision = Variants.none(name).choose(asked.precision(), auto);
            return of(asked, module(readFile(fs, path), precision), null, new Properties());
        }
        Path file = new Path(path, PROPERTIES);
        if (!fs.exists(file)) {
            throw new RelaException(
                    ExitCode.INPUT,
                    name + " is a folder without " + PROPERTIES + ". Name the .pt file itself, or make a"
                            + " model directory with bin/export-prior.");
        }
        Properties served = properties(name, readFile(fs, file));
        Variants variants = Variants.listed(name, served);
        Precision precision = variants.choose(asked.precision(), auto);
        Variants.Variant variant = variants.held().get(precision);
        Path chosen =
                variant == null ? modelFile(name, path, fs, served, variants.files()) : new Path(path, variant.file());
        return of(
                asked,
                module(readFile(fs, chosen), precision),
                variant == null
                        ? served.getProperty("sha256")
                        : variant.sha256().orElse(null),
                served);
    }

    private static Module module(byte[] bytes, Precision precision) {
        return new Module(bytes, Digests.sha256(bytes), precision);
    }

    private static Path modelFile(String name, Path folder, FileSystem fs, Properties served, Set<String> variants)
            throws IOException {
        String named = served.getProperty("option.modelName");
        if (named != null) {
            return new Path(folder, named + ".pt");
        }
        List<Path> found = new ArrayList<>();
        for (FileStatus status : fs.listStatus(folder)) {
            String file = status.getPath().getName();
            if (file.endsWith(".pt") && !variants.contains(file)) {
                found.add(status.getPath());
            }
        }
        if (found.size() != 1) {
            throw new RelaException(
                    ExitCode.INPUT,
                    name + " holds " + found.size() + " .pt files. Say which with option.modelName=NAME in "
                            + PROPERTIES + ".");
        }
        return found.get(0);
    }

    private static byte[] readFile(FileSystem fs, Path file) throws IOException {
        long length = fs.getFileStatus(file).getLen();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException(file + " has " + length + " bytes; a model of 2 GiB or more cannot be sent to"
                    + " executors, export it in half precision");
        }
        try (InputStream in = fs.open(file)) {
            return in.readAllBytes();
        }
    }

    /**
     * Checks a file against what is said of it.
     *
     * @param wanted the hash that its directory tells; null for none
     */
    private static ModelFile of(ModelRequest asked, Module module, String wanted, Properties served) {
        String name = asked.name() + (module.precision() == Precision.FLOAT32 ? "" : " in " + module.precision());
        String sha256 = module.sha256();
        if (asked.sha256().isPresent() && !asked.sha256().get().equalsIgnoreCase(sha256)) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    name + ": the model's SHA-256 is " + sha256 + ", " + Flag.sha256Of(asked.setting()) + " asks for "
                            + asked.sha256().get() + ". Name the file that is meant, or correct the option.");
        }
        if (wanted != null && !wanted.equalsIgnoreCase(sha256)) {
            throw new RelaException(
                    ExitCode.INPUT,
                    name + ": the model's SHA-256 is " + sha256 + ", its " + PROPERTIES + " says " + wanted
                            + ". Export it again, or correct the file.");
        }
        Optional<PixelLayout> layout = layout(name, served);
        Preprocessing seen = preprocessing(name, served, asked.view());
        return new ModelFile(
                name,
                asked.uri(),
                module,
                layout.map(seen::in).orElse(seen),
                layout,
                Optional.ofNullable(served.getProperty("source")));
    }

    private static Preprocessing preprocessing(String name, Properties served, Overrides overrides) {
        try {
            int width = integer(served, "width").orElse(USUAL_SIZE);
            int height = integer(served, "height").orElse(width);
            if (width != height) {
                throw new IllegalArgumentException("width=" + width + " and height=" + height
                        + ": pictures are cropped to a square, so both must be equal");
            }
            if (!Boolean.parseBoolean(served.getProperty("centerCrop", "true"))) {
                throw new IllegalArgumentException("centerCrop=" + served.getProperty("centerCrop")
                        + ": pictures are always cropped in the centre; write centerCrop=true");
            }
            int size = overrides.inputSize().orElse(width);
            int resize = overrides
                    .resize()
                    .or(() -> overrides.inputSize())
                    .or(() -> integer(served, "resize"))
                    .orElse(size);
            Interpolation interpolation = overrides
                    .interpolation()
                    .orElseGet(() -> Interpolation.parse(served.getProperty("interpolation", "bilinear")));
            Normalization given = normalization(served);
            return new Preprocessing(
                    resize,
                    size,
                    interpolation,
                    Normalization.of(
                            overrides.means().orElse(given.means()),
                            overrides.stds().orElse(given.stds())));
        } catch (IllegalArgumentException e) {
            throw new RelaException(ExitCode.SETTINGS, name + ": " + e.getMessage(), e);
        }
    }

    private static Optional<PixelLayout> layout(String name, Properties served) {
        String text = served.getProperty("layout");
        try {
            return Optional.ofNullable(text).map(String::strip).map(PixelLayout::parse);
        } catch (IllegalArgumentException e) {
            throw new RelaException(
                    ExitCode.SETTINGS,
                    name + ": layout=" + text + " in its " + PROPERTIES + ": write " + PixelLayout.INTERLEAVED + " or "
                            + PixelLayout.PLANAR + ", or leave it out",
                    e);
        }
    }

    private static Normalization normalization(Properties served) {
        String text = served.getProperty("normalize");
        if (text == null) {
            return Normalization.IMAGENET;
        }
        List<Float> values = new ArrayList<>();
        for (String value : text.split(",", -1)) {
            values.add(Float.parseFloat(value.strip()));
        }
        if (values.size() != 6) {
            throw new IllegalArgumentException("normalize=" + text + ": write three means, then three deviations");
        }
        return Normalization.of(values.subList(0, 3), values.subList(3, 6));
    }

    private static Optional<Integer> integer(Properties served, String key) {
        String text = served.getProperty(key);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + "=" + text + ": write a whole number of pixels", e);
        }
    }

    private static Properties properties(String name, byte[] content) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(content, StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            throw new RelaException(ExitCode.INPUT, name + ": " + PROPERTIES + " cannot be read: " + e.getMessage(), e);
        }
        return properties;
    }
}
