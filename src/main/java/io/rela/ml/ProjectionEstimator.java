package io.rela.ml;

import io.rela.moments.FeatureColumns;
import io.rela.moments.Moments;
import io.rela.moments.MomentsStep;
import io.rela.projection.Axes;
import io.rela.projection.AxisScale;
import io.rela.projection.Dimensions;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionKind;
import io.rela.projection.Projections;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Fits a {@link ProjectionModel} to a table of features, in two passes over it and one shuffle. The model's bits depend on
 * the rows, their indices and the parameters, not on partitioning. As thread-safe as Spark's own estimators: set parameters
 * before sharing it.
 */
public final class ProjectionEstimator extends Estimator<ProjectionModel> implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final Param<String> indexCol;
    private final Param<String> kind;
    private final IntParam dimensions;
    private final Param<String> scale;
    private final LongParam seed;
    private final IntParam blockSize;

    /** An estimator with a new uid. */
    public ProjectionEstimator() {
        this(Identifiable$.MODULE$.randomUID("projection"));
    }

    /** An estimator with a given uid, as Spark's readers make it. */
    public ProjectionEstimator(String uid) {
        this.uid = uid;
        this.inputCol = new Param<>(this, "inputCol", "features: array<float> or an ML vector, D values");
        this.outputCol = new Param<>(this, "outputCol", "targets: array<float>, k values");
        this.indexCol = new Param<>(this, "indexCol", "unique position of a sample, long, 0 or more");
        this.kind = new Param<>(this, "kind", "pca, random or none");
        this.dimensions = new IntParam(this, "dimensions", "k, the values of a target", ParamValidators.gt(0));
        this.scale = new Param<>(this, "scale", "of the axes: axis, none, shrink or shrink:X");
        this.seed = new LongParam(this, "seed", "seed of random axes");
        this.blockSize = new IntParam(this, "blockSize", "rows whose moments are made at once", ParamValidators.gt(0));
        setDefault(inputCol, "feature");
        setDefault(outputCol, "target");
        setDefault(indexCol, "index");
        setDefault(kind, ProjectionKind.PCA.label());
        setDefault(dimensions, 512);
        setDefault(scale, AxisScale.axis().toString());
        setDefault(seed, 0L);
        setDefault(blockSize, 1024);
    }

    /** Reads estimators that {@code save} wrote; Spark's pipelines look for it by name. */
    public static MLReader<ProjectionEstimator> read() {
        return new DefaultParamsReader<>();
    }

    /** Reads a saved estimator. */
    public static ProjectionEstimator load(String path) {
        return read().load(path);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The column of features, {@code feature} by default. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** The column of targets that the model adds, {@code target} by default. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** The column of the samples' positions, {@code index} by default. */
    public Param<String> indexCol() {
        return indexCol;
    }

    /** {@code pca} (default), {@code random} or {@code none}. */
    public Param<String> kind() {
        return kind;
    }

    /** k, 1 to D; 512 by default. Ignored for kind {@code none}. */
    public IntParam dimensions() {
        return dimensions;
    }

    /** {@code axis} (default), {@code none}, {@code shrink} or {@code shrink:X}, see {@link AxisScale}. */
    public Param<String> scale() {
        return scale;
    }

    /** The seed of random axes, 0 by default. */
    public LongParam seed() {
        return seed;
    }

    /** Rows a block, 1 or more, 1,024 by default; the model's last bits depend on it. */
    public IntParam blockSize() {
        return blockSize;
    }

    /** Sets {@link #inputCol}. */
    public ProjectionEstimator setInputCol(String name) {
        set(inputCol, name);
        return this;
    }

    /** Sets {@link #outputCol}. */
    public ProjectionEstimator setOutputCol(String name) {
        set(outputCol, name);
        return this;
    }

    /** Sets {@link #indexCol}. */
    public ProjectionEstimator setIndexCol(String name) {
        set(indexCol, name);
        return this;
    }

    /**
     * Sets {@link #kind}.
     *
     * @throws IllegalArgumentException for anything but {@code pca}, {@code random} and {@code none}
     */
    public ProjectionEstimator setKind(String label) {
        set(kind, ProjectionKind.of(label).label());
        return this;
    }

    /** Sets {@link #dimensions}. */
    public ProjectionEstimator setDimensions(int k) {
        set(dimensions, k);
        return this;
    }

    /**
     * Sets {@link #scale}.
     *
     * @throws IllegalArgumentException for what {@link AxisScale#of} does not read
     */
    public ProjectionEstimator setScale(String text) {
        set(scale, AxisScale.of(text).toString());
        return this;
    }

    /** Sets {@link #seed}. */
    public ProjectionEstimator setSeed(long value) {
        set(seed, value);
        return this;
    }

    /** Sets {@link #blockSize}. */
    public ProjectionEstimator setBlockSize(int rows) {
        set(blockSize, rows);
        return this;
    }

    /**
     * Fits to a table with a feature and an index in each row. Other columns are not read.
     *
     * @throws IllegalArgumentException as {@link MomentsStep} and {@link Projections#fit} say
     */
    @Override
    public ProjectionModel fit(Dataset<?> table) {
        transformSchema(table.schema());
        Column input = table.col($(inputCol));
        boolean vector = FeatureColumns.isVector(FeatureColumns.type(table.schema(), $(inputCol)));
        Column feature = vector ? functions.vector_to_array(input, "float32") : input;
        Dataset<Row> rows = table.select(table.col($(indexCol)).as("index"), feature.as("feature"));
        Moments moments = MomentsStep.of(rows, "index", "feature", blockRows());
        Axes axes = new Axes(
                ProjectionKind.of($(kind)), new Dimensions.Count(wanted()), AxisScale.of($(scale)), seedValue());
        Projection projection = Projections.fit(axes, moments);
        return copyValues(new ProjectionModel(uid, projection), ParamMap.empty())
                .setParent(this);
    }

    private int wanted() {
        return (Integer) $(dimensions);
    }

    private long seedValue() {
        return (Long) $(seed);
    }

    private int blockRows() {
        return (Integer) $(blockSize);
    }

    /**
     * The schema with the targets.
     *
     * @throws IllegalArgumentException if a column is missing or of another type, or the targets' is taken
     */
    @Override
    public StructType transformSchema(StructType schema) {
        FeatureColumns.requireLong(schema, $(indexCol));
        return ProjectionModel.withTarget(schema, $(inputCol), $(outputCol));
    }

    @Override
    public ProjectionEstimator copy(ParamMap extra) {
        return defaultCopy(extra);
    }
}
