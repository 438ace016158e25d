package io.rela.embed;

import io.rela.RelaException;
import io.rela.image.Preprocessing;
import io.rela.model.ComputeDevice;
import io.rela.model.DeviceRequest;
import io.rela.model.Embedder;
import io.rela.model.TorchScript;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Opens a model with what Spark granted to a task: its GPU, its cores. On executors; safe for threads. */
public final class TaskEmbedder {
    private TaskEmbedder() {}

    /**
     * Whether tasks will compute on a GPU, by asking one where the request leaves it open. Driver only.
     *
     * @throws RelaException when a GPU that was asked for or granted is not there
     */
    public static boolean isGpu(DeviceRequest device, JavaSparkContext spark) {
        if (device == DeviceRequest.CPU) {
            return false;
        }
        // A failure comes back as a value: Spark would try a thrown one again, and fill the log.
        Object answer = spark.parallelize(List.of(0), 1)
                .map(nothing -> {
                    TaskContext task = TaskContext.get();
                    try {
                        return (Object) ComputeDevice.ofTask(device, granted(task), task.cpus(), task.partitionId());
                    } catch (RelaException e) {
                        return e;
                    }
                })
                .first();
        if (answer instanceof RelaException failure) {
            throw failure;
        }
        return ((ComputeDevice) answer).isGpu();
    }

    /**
     * Leases the model for one task; whoever opens it closes it.
     *
     * @param task the task that will compute
     * @param model what is run
     * @param device the device that the user asked for
     * @param batch pictures a forward pass, at least 1
     * @param preprocessing what the model wants to see
     * @throws RelaException when the device is not there or the file is no module
     */
    public static Embedder open(
            TaskContext task, TorchScript model, DeviceRequest device, int batch, Preprocessing preprocessing) {
        return Embedder.open(model, device, granted(task), task.cpus(), task.partitionId(), batch, preprocessing);
    }

    private static List<String> granted(TaskContext task) {
        return task.resourcesJMap().containsKey("gpu")
                ? List.of(task.resourcesJMap().get("gpu").addresses())
                : List.of();
    }
}
