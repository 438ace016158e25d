package io.rela.ml;

import io.rela.image.Interpolation;
import io.rela.model.DeviceRequest;
import io.rela.model.ModelFile;
import io.rela.model.ModelRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Adds a column of features to a table of encoded pictures: each picture is decoded, resized, cropped and normalised as the
 * prior wants it, and the prior, a TorchScript module that maps N×3×S×S floats to N×D, gives D floats. It is {@code
 * convert}'s own pipeline: in one partition in the source's order, and with the same batch size, features are {@code
 * convert}'s to the bit; otherwise they may differ in the last bits, since a picture's place in its batch differs.
 *
 * <p>Parameters bear the names of DJL Spark's predictors. What is a parameter there and is fixed here: input and output
 * class (encoded pictures, float arrays), batchifier (stack) and translator.
 *
 * <p>All other columns pass unchanged, and rows keep their order within a partition. Whatever columns nobody needs are
 * better dropped before: all pass through the executor's Java objects. Each partition's last batch is filled up with
 * zeros, so partitions far smaller than a batch waste work.
 *
 * <p>As thread-safe as Spark's own transformers: set parameters before sharing it.
 */
public final class ImageFeaturizer extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;
    private static final String PYTORCH = "PyTorch";
    private static final DataType FEATURE = DataTypes.createArrayType(DataTypes.FloatType, false);

    private final String uid;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final Param<String> errorCol;
    private final Param<String> handleInvalid;
    private final Param<String> engine;
    private final Param<String> modelUrl;
    private final IntParam batchSize;
    private final Param<String> device;
    private final IntParam inputSize;
    private final IntParam resize;
    private final Param<String> interpolation;
    private final DoubleArrayParam mean;
    private final DoubleArrayParam std;

    /** A featurizer with a new uid. */
    public ImageFeaturizer() {
        this(Identifiable$.MODULE$.randomUID("imageFeaturizer"));
    }

    /** A featurizer with a given uid, as Spark's readers make it. */
    public ImageFeaturizer(String uid) {
        this.uid = uid;
        this.inputCol = new Param<>(this, "inputCol", "encoded pictures: binary or struct<bytes:binary,path:string>");
        this.outputCol = new Param<>(this, "outputCol", "features: array<float>, D values");
        this.errorCol = new Param<>(this, "errorCol", "why a row has no feature: string, null where it has one");
        this.handleInvalid = new Param<>(this, "handleInvalid", "rows whose picture is bad: error, skip or keep");
        this.engine = new Param<>(this, "engine", "DJL's engine: PyTorch");
        this.modelUrl = new Param<>(this, "modelUrl", "a .pt file, a DJL model directory, or builtin:prior");
        this.batchSize = new IntParam(this, "batchSize", "pictures a forward pass", ParamValidators.gt(0));
        this.device = new Param<>(this, "device", "auto, cpu or gpu");
        this.inputSize = new IntParam(this, "inputSize", "side of the crop in pixels", ParamValidators.gt(0));
        this.resize = new IntParam(this, "resize", "shorter side before the crop in pixels", ParamValidators.gt(0));
        this.interpolation = new Param<>(this, "interpolation", "filter of the resize: bilinear or bicubic");
        this.mean = new DoubleArrayParam(this, "mean", "of red, green and blue in [0, 1]");
        this.std = new DoubleArrayParam(this, "std", "of red, green and blue in [0, 1]");
        setDefault(inputCol, "image");
        setDefault(outputCol, "feature");
        setDefault(handleInvalid, HandleInvalid.ERROR.label());
        setDefault(engine, PYTORCH);
        setDefault(batchSize, 32);
        setDefault(device, DeviceRequest.AUTO.name().toLowerCase(Locale.ROOT));
    }

    /** Reads featurizers that {@code save} wrote; Spark's pipelines look for it by name. */
    public static MLReader<ImageFeaturizer> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads a saved featurizer. The model itself is not saved with it: {@link #modelUrl} must still lead there. */
    public static ImageFeaturizer load(String path) {
        return read().load(path);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The column of encoded pictures, {@code image} by default: binary, or a struct with a binary field {@code bytes}. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** The column of features that is added, {@code feature} by default: array of D floats without nulls. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /**
     * The column of strings that says why a feature is null, added behind the features; none by default. Only with {@link
     * #handleInvalid} {@code keep}.
     */
    public Param<String> errorCol() {
        return errorCol;
    }

    /**
     * What becomes of a row whose picture is null, cannot be decoded, or gives NaN or infinity: {@code error} (default)
     * fails the job, {@code skip} leaves the row out, {@code keep} makes its feature null.
     */
    public Param<String> handleInvalid() {
        return handleInvalid;
    }

    /** DJL's engine; {@code PyTorch} and nothing else. */
    public Param<String> engine() {
        return engine;
    }

    /** The prior: a TorchScript file or DJL model directory in any storage that Spark reaches, or {@code builtin:prior}. */
    public Param<String> modelUrl() {
        return modelUrl;
    }

    /** Pictures a forward pass, 1 or more, 32 by default; features' last bits depend on it. */
    public IntParam batchSize() {
        return batchSize;
    }

    /** {@code auto} (default): the GPU that Spark granted or that is there, else the CPU; {@code cpu}; {@code gpu}. */
    public Param<String> device() {
        return device;
    }

    /** Side of the square crop in pixels; by default what the model directory says, else 224. */
    public IntParam inputSize() {
        return inputSize;
    }

    /** Shorter side before the crop in pixels; by default what the model directory says, else the input size. */
    public IntParam resize() {
        return resize;
    }

    /** {@code bilinear} or {@code bicubic}; by default what the model directory says, else bilinear. */
    public Param<String> interpolation() {
        return interpolation;
    }

    /** Means of red, green and blue; by default what the model directory says, else ImageNet's. */
    public DoubleArrayParam mean() {
        return mean;
    }

    /** Deviations of red, green and blue, above 0; by default what the model directory says, else ImageNet's. */
    public DoubleArrayParam std() {
        return std;
    }

    /** Sets {@link #inputCol}. */
    public ImageFeaturizer setInputCol(String name) {
        set(inputCol, name);
        return this;
    }

    /** Sets {@link #outputCol}. */
    public ImageFeaturizer setOutputCol(String name) {
        set(outputCol, name);
        return this;
    }

    /** Sets {@link #errorCol}. */
    public ImageFeaturizer setErrorCol(String name) {
        set(errorCol, name);
        return this;
    }

    /**
     * Sets {@link #handleInvalid}.
     *
     * @throws IllegalArgumentException for anything but {@code error}, {@code skip} and {@code keep}
     */
    public ImageFeaturizer setHandleInvalid(String label) {
        set(handleInvalid, HandleInvalid.of(label).label());
        return this;
    }

    /**
     * Sets {@link #engine}.
     *
     * @throws IllegalArgumentException for anything but {@code PyTorch}
     */
    public ImageFeaturizer setEngine(String name) {
        set(engine, requirePyTorch(name));
        return this;
    }

    /** Sets {@link #modelUrl}. */
    public ImageFeaturizer setModelUrl(String uri) {
        set(modelUrl, uri);
        return this;
    }

    /** Sets {@link #batchSize}. */
    public ImageFeaturizer setBatchSize(int pictures) {
        set(batchSize, pictures);
        return this;
    }

    /**
     * Sets {@link #device}.
     *
     * @throws IllegalArgumentException for anything but {@code auto}, {@code cpu} and {@code gpu}
     */
    public ImageFeaturizer setDevice(String label) {
        requireDevice(label);
        set(device, label);
        return this;
    }

    /** Sets {@link #inputSize}. */
    public ImageFeaturizer setInputSize(int pixels) {
        set(inputSize, pixels);
        return this;
    }

    /** Sets {@link #resize}. */
    public ImageFeaturizer setResize(int pixels) {
        set(resize, pixels);
        return this;
    }

    /**
     * Sets {@link #interpolation}.
     *
     * @throws IllegalArgumentException for anything but {@code bilinear} and {@code bicubic}
     */
    public ImageFeaturizer setInterpolation(String label) {
        set(interpolation, Interpolation.parse(label).label());
        return this;
    }

    /** Sets {@link #mean}. */
    public ImageFeaturizer setMean(double red, double green, double blue) {
        set(mean, new double[] {red, green, blue});
        return this;
    }

    /** Sets {@link #std}. */
    public ImageFeaturizer setStd(double red, double green, double blue) {
        set(std, new double[] {red, green, blue});
        return this;
    }

    /**
     * The table with the features. Reads the model and broadcasts it at once, on the driver; looks at pictures when Spark
     * runs what is made of the result, with one model a process and device.
     *
     * @throws IllegalArgumentException as {@link #transformSchema}
     * @throws io.rela.RelaException when there is no such model; out of Spark's actions, as a cause, when it is no
     *     TorchScript, does not take such pictures, does not give N×D floats, or the device is not there
     */
    @Override
    public Dataset<Row> transform(Dataset<?> table) {
        StructType schema = transformSchema(table.schema());
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(table.sparkSession().sparkContext());
        ModelFile prior = ModelFile.read(
                ModelRequest.of("modelUrl", required(modelUrl)).seeing(overrides()), spark.hadoopConfiguration());
        Broadcast<byte[]> bytes = spark.broadcast(prior.bytes());
        FeaturizerJob job = new FeaturizerJob(
                PictureColumn.in(table.schema(), $(inputCol)),
                prior.script(bytes::value),
                prior.preprocessing(),
                requireDevice($(device)),
                (Integer) $(batchSize),
                HandleInvalid.of($(handleInvalid)),
                isDefined(errorCol));
        // A row encoder forgets what Spark ML notes in the columns' metadata; to() puts it back.
        return table.toDF().mapPartitions(job, Encoders.row(schema)).to(schema);
    }

    private ModelFile.Overrides overrides() {
        return new ModelFile.Overrides(
                given(inputSize).map(Integer.class::cast),
                given(resize).map(Integer.class::cast),
                given(interpolation).map(Interpolation::parse),
                given(mean).map(ImageFeaturizer::floats),
                given(std).map(ImageFeaturizer::floats));
    }

    private <T> Optional<T> given(Param<T> param) {
        return isDefined(param) ? Optional.of($(param)) : Optional.empty();
    }

    private static List<Float> floats(double[] values) {
        List<Float> floats = new ArrayList<>();
        for (double value : values) {
            floats.add((float) value);
        }
        return floats;
    }

    /**
     * The schema with the features, and with the reasons where {@link #errorCol} is set.
     *
     * @throws IllegalArgumentException if the pictures' column is missing or of another type, a column to add is there
     *     already, {@link #modelUrl} is not set, or a parameter is none of its names
     */
    @Override
    public StructType transformSchema(StructType schema) {
        required(modelUrl);
        requirePyTorch($(engine));
        requireDevice($(device));
        HandleInvalid invalid = HandleInvalid.of($(handleInvalid));
        PictureColumn.in(schema, $(inputCol));
        StructType featured = withColumn(schema, outputCol, FEATURE, invalid == HandleInvalid.KEEP);
        if (!isDefined(errorCol)) {
            return featured;
        }
        if (invalid != HandleInvalid.KEEP) {
            throw new IllegalArgumentException("errorCol " + $(errorCol) + " would always be null with handleInvalid "
                    + invalid.label() + ": set handleInvalid to keep, or leave errorCol out.");
        }
        return withColumn(featured, errorCol, DataTypes.StringType, true);
    }

    private StructType withColumn(StructType schema, Param<String> param, DataType type, boolean nullable) {
        String name = $(param);
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException(
                    "There is a column " + name + " already: drop it, or set another " + param.name() + ".");
        }
        return schema.add(name, type, nullable);
    }

    private String required(Param<String> param) {
        return given(param)
                .orElseThrow(
                        () -> new IllegalArgumentException(param.name() + " is not set: name " + param.doc() + "."));
    }

    private static String requirePyTorch(String name) {
        if (!PYTORCH.equals(name)) {
            throw new IllegalArgumentException(
                    "engine \"" + name + "\": priors are TorchScript, which runs on engine PyTorch only.");
        }
        return name;
    }

    private static DeviceRequest requireDevice(String label) {
        return Arrays.stream(DeviceRequest.values())
                .filter(request -> request.name().toLowerCase(Locale.ROOT).equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("device \"" + label + "\": write auto, cpu or gpu."));
    }

    @Override
    public ImageFeaturizer copy(ParamMap extra) {
        return defaultCopy(extra);
    }
}
