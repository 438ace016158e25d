package io.rela.embed;

import io.rela.image.Preprocessing;
import io.rela.model.DeviceRequest;
import io.rela.model.Embedder;
import io.rela.model.TorchScript;
import java.util.List;
import org.apache.spark.TaskContext;

/** Opens a model with what Spark granted to a task: its GPU, its cores. On executors; safe for threads. */
public final class TaskEmbedder {
    private TaskEmbedder() {}

    /**
     * Leases the model for one task; whoever opens it closes it.
     *
     * @param task the task that will compute
     * @param model what is run
     * @param device the device that the user asked for
     * @param batch pictures a forward pass, at least 1
     * @param preprocessing what the model wants to see
     * @throws io.rela.RelaException when the device is not there or the file is no module
     */
    public static Embedder open(
            TaskContext task, TorchScript model, DeviceRequest device, int batch, Preprocessing preprocessing) {
        List<String> granted = task.resourcesJMap().containsKey("gpu")
                ? List.of(task.resourcesJMap().get("gpu").addresses())
                : List.of();
        return Embedder.open(model, device, granted, task.cpus(), task.partitionId(), batch, preprocessing);
    }
}
