package io.rela.model;

import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import java.io.Serializable;
import java.util.List;

/**
 * The device that a task computes on. Immutable.
 *
 * @param gpu the GPU's number, at least 0; −1 never leaves this class: see {@link #isGpu}
 */
public record ComputeDevice(int gpu) implements Serializable {
    /** The processor's own cores. */
    public static final ComputeDevice CPU = new ComputeDevice(-1);

    /** Whether this is a GPU. */
    public boolean isGpu() {
        return gpu >= 0;
    }

    /** {@code cpu} or {@code gpu:N}. */
    @Override
    public String toString() {
        return isGpu() ? "gpu:" + gpu : "cpu";
    }

    /**
     * Chooses a task's device. A GPU that was asked for, or that Spark granted, and that libtorch cannot use is an error:
     * never a silent run on the CPU.
     *
     * @param request what the user asked for
     * @param granted the addresses of the task's {@code gpu} resource; empty where Spark manages none
     * @param available how many GPUs libtorch can use in this process
     * @param task any number that spreads the tasks of a process over its GPUs where Spark grants none
     */
    public static ComputeDevice choose(DeviceRequest request, List<String> granted, int available, int task) {
        if (request == DeviceRequest.CPU) {
            return CPU;
        }
        if (!granted.isEmpty()) {
            int gpu = address(granted.get(0));
            if (gpu >= available) {
                throw new RelaException(
                        ExitCode.DEVICE,
                        Flag.DEVICE + " " + request.name().toLowerCase(java.util.Locale.ROOT) + ": Spark granted GPU "
                                + gpu
                                + ", but libtorch can use " + available
                                + " GPUs in this executor. Use the jar of profile"
                                + " gpu with PYTORCH_LIBRARY_PATH at a CUDA build of libtorch " + TorchRuntime.VERSION
                                + ", or ask for " + Flag.DEVICE + " cpu.");
            }
            return new ComputeDevice(gpu);
        }
        if (available > 0) {
            return new ComputeDevice(Math.floorMod(task, available));
        }
        if (request == DeviceRequest.GPU) {
            throw new RelaException(
                    ExitCode.DEVICE,
                    Flag.DEVICE
                            + " gpu: there is no GPU that libtorch can use. Give Spark GPUs (conf/spark-gpu.conf), use the"
                            + " jar of profile gpu with PYTORCH_LIBRARY_PATH at a CUDA build of libtorch "
                            + TorchRuntime.VERSION + ", or ask for " + Flag.DEVICE + " cpu.");
        }
        return CPU;
    }

    /**
     * The device that a task of this process gets; starts libtorch.
     *
     * @param request what the user asked for
     * @param granted the addresses of the task's {@code gpu} resource; empty where Spark manages none
     * @param threads cores that one forward pass may use, at least 1
     * @param task any number that spreads the tasks of a process over its GPUs where Spark grants none
     */
    public static ComputeDevice ofTask(DeviceRequest request, List<String> granted, int threads, int task) {
        return choose(request, granted, TorchRuntime.gpus(TorchRuntime.start(threads)), task);
    }

    private static int address(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new RelaException(
                    ExitCode.DEVICE,
                    "Spark granted the GPU \"" + text + "\": spark.executor.resource.gpu.discoveryScript must print"
                            + " addresses that are numbers (conf/gpu-discovery.sh does).",
                    e);
        }
    }
}
