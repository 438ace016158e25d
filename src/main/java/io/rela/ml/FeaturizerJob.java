package io.rela.ml;

import io.rela.image.Preprocessing;
import io.rela.model.DeviceRequest;
import io.rela.model.TorchScript;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What every task of an {@link ImageFeaturizer} does; made on the driver, sent to the executors. Immutable.
 *
 * @param pictures the column of pictures
 * @param model the prior
 * @param preprocessing what the model wants to see
 * @param device the device that the user asked for
 * @param batch pictures a forward pass
 * @param invalid what becomes of rows without a feature
 * @param reasons whether a column of reasons follows the feature
 */
record FeaturizerJob(
        PictureColumn pictures,
        TorchScript model,
        Preprocessing preprocessing,
        DeviceRequest device,
        int batch,
        HandleInvalid invalid,
        boolean reasons)
        implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        TaskContext task = TaskContext.get();
        FeaturizedRows featurized = new FeaturizedRows(this, task, rows);
        task.addTaskCompletionListener((TaskCompletionListener) ended -> featurized.close());
        return featurized;
    }
}
