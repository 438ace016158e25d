package io.rela.ml;

import io.rela.moments.FeatureColumns;
import io.rela.projection.Projection;
import io.rela.projection.ProjectionTable;
import io.rela.table.TablePlace;
import java.util.Arrays;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * A fitted projection as a Spark ML model: adds a column of targets to a table of features. As thread-safe as Spark's own
 * models: set parameters before sharing it. A null feature or one of another length fails the job.
 */
public final class ProjectionModel extends Model<ProjectionModel> implements MLWritable {
    private static final long serialVersionUID = 1L;
    private static final DataType TARGET = DataTypes.createArrayType(DataTypes.FloatType, false);

    private final String uid;
    private final Projection projection;
    private final Param<String> inputCol;
    private final Param<String> outputCol;

    /** A model of a projection fitted elsewhere, such as {@link ProjectionTable#read} gives. */
    public ProjectionModel(String uid, Projection projection) {
        this.uid = uid;
        this.projection = projection;
        this.inputCol = new Param<>(this, "inputCol", "features: array<float> or an ML vector, D values");
        this.outputCol = new Param<>(this, "outputCol", "targets: array<float>, k values");
        setDefault(inputCol, "feature");
        setDefault(outputCol, "target");
    }

    /** Reads models that {@code save} wrote; Spark's pipelines look for it by name. */
    public static MLReader<ProjectionModel> read() {
        return new Reader();
    }

    /** Reads a saved model. */
    public static ProjectionModel load(String path) {
        return read().load(path);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The map itself. */
    public Projection projection() {
        return projection;
    }

    /** The column of features, {@code feature} by default. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** The column of targets that is added, {@code target} by default. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** Sets {@link #inputCol}. */
    public ProjectionModel setInputCol(String name) {
        set(inputCol, name);
        return this;
    }

    /** Sets {@link #outputCol}. */
    public ProjectionModel setOutputCol(String name) {
        set(outputCol, name);
        return this;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> table) {
        transformSchema(table.schema());
        Column input = table.col($(inputCol));
        boolean vector = FeatureColumns.isVector(FeatureColumns.type(table.schema(), $(inputCol)));
        Column feature = vector ? functions.vector_to_array(input, "float32") : input;
        Projection map = projection;
        UDF1<Seq<Float>, float[]> one = values -> map.project(floats(values));
        UserDefinedFunction project =
                org.apache.spark.sql.functions.udf(one, TARGET).asNonNullable();
        return table.withColumn($(outputCol), project.apply(feature));
    }

    private static float[] floats(Seq<Float> boxed) {
        if (boxed == null) {
            throw new IllegalArgumentException("A feature is null: reject such samples before projecting.");
        }
        float[] values = new float[boxed.length()];
        Iterator<Float> each = boxed.iterator();
        for (int i = 0; i < values.length; i++) {
            Float value = each.next();
            if (value == null) {
                throw new IllegalArgumentException(
                        "A feature is null at position " + i + ": reject such samples before projecting.");
            }
            values[i] = value;
        }
        return values;
    }

    /**
     * The schema with the targets.
     *
     * @throws IllegalArgumentException if the features' column is missing or of another type, or the targets' is taken
     */
    @Override
    public StructType transformSchema(StructType schema) {
        return withTarget(schema, $(inputCol), $(outputCol));
    }

    static StructType withTarget(StructType schema, String inputCol, String outputCol) {
        FeatureColumns.requireFeature(schema, inputCol);
        if (Arrays.asList(schema.fieldNames()).contains(outputCol)) {
            throw new IllegalArgumentException(
                    "There is a column " + outputCol + " already: drop it, or set another outputCol.");
        }
        return schema.add(outputCol, TARGET, false);
    }

    @Override
    public ProjectionModel copy(ParamMap extra) {
        ProjectionModel copied = new ProjectionModel(uid, projection);
        return copyValues(copied, extra).setParent(parent());
    }

    @Override
    public MLWriter write() {
        return new Writer(this);
    }

    private static final class Writer extends MLWriter {
        private final ProjectionModel model;

        Writer(ProjectionModel model) {
            this.model = model;
        }

        @Override
        public void saveImpl(String path) {
            DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
            ProjectionTable.write(model.projection, new TablePlace(path + "/data"), sparkSession());
        }
    }

    private static final class Reader extends MLReader<ProjectionModel> {
        @Override
        public ProjectionModel load(String path) {
            DefaultParamsReader.Metadata metadata =
                    DefaultParamsReader.loadMetadata(path, sc(), ProjectionModel.class.getName());
            Projection projection = ProjectionTable.read(path + "/data", sparkSession());
            ProjectionModel model = new ProjectionModel(metadata.uid(), projection);
            metadata.getAndSetParams(model, Option.empty());
            return model;
        }
    }
}
