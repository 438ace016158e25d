package io.rela.model;

import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.rela.ExitCode;
import io.rela.Flag;
import io.rela.RelaException;
import io.rela.image.Normalization;
import io.rela.image.Preprocessing;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns batches of prepared pictures into features. One a task, one thread; the model behind it is shared by the
 * process. Pictures cross to the device as bytes and are normalised there, in torch's own arithmetic: {@code v / 255}, minus
 * mean, divided by std, in float32. Native memory lives only inside {@link #embed}: what comes out is a plain array.
 */
public final class Embedder implements AutoCloseable {
    private final TorchScript model;
    private final LoadedModel loaded;
    private final Predictor<ByteBuffer, float[]> predictor;
    private final Shape input;
    private final Normalization normalization;
    private final String libtorch;
    private boolean closed;

    private Embedder(TorchScript model, LoadedModel loaded, int batch, Preprocessing preprocessing, String libtorch) {
        this.model = model;
        this.loaded = loaded;
        this.input = new Shape(batch, 3, preprocessing.inputSize(), preprocessing.inputSize());
        this.normalization = preprocessing.normalization();
        this.libtorch = libtorch;
        this.predictor = loaded.model().newPredictor(new Features());
    }

    /**
     * Opens the model for one task.
     *
     * @param model what is run
     * @param request the device that the user asked for
     * @param granted addresses of the task's GPU resource, empty where Spark manages none
     * @param threads cores that one forward pass may use, at least 1
     * @param task the task's number, which spreads tasks over GPUs that Spark does not manage
     * @param batch pictures a forward pass, at least 1
     * @param preprocessing what the model wants to see
     * @throws RelaException when the device is not there or the file is no module
     */
    public static Embedder open(
            TorchScript model,
            DeviceRequest request,
            List<String> granted,
            int threads,
            int task,
            int batch,
            Preprocessing preprocessing) {
        Engine engine = TorchRuntime.start(threads);
        ComputeDevice device = ComputeDevice.choose(request, granted, TorchRuntime.gpus(engine), task);
        if (!device.isGpu()) {
            NativeHeap.keepFreed();
        }
        LoadedModel loaded = LoadedModel.lease(model, engine, device);
        try {
            return new Embedder(model, loaded, batch, preprocessing, engine.getVersion());
        } catch (RuntimeException e) {
            loaded.release();
            throw e;
        }
    }

    /** Bytes that a batch takes: batch × 3 × size × size. */
    public int batchBytes() {
        return Math.toIntExact(input.size());
    }

    /**
     * Features of one batch.
     *
     * @param pixels a direct buffer that holds batch × 3 × size × size levels, 0 to 255 as unsigned bytes
     * @return batch × D values, row by row
     * @throws RelaException when the model does not take such a batch or fails, does not give batch × D floats with D at
     *     least 1, or when memory is short
     */
    public float[] embed(ByteBuffer pixels) {
        if (!pixels.isDirect() || pixels.capacity() != batchBytes()) {
            throw new IllegalArgumentException("A batch is a direct buffer of " + batchBytes() + " bytes");
        }
        try {
            return NativeCalls.TORCH.make(() -> predictor.predict(pixels));
        } catch (TranslateException e) {
            RelaException known = RelaException.in(e);
            if (known != null) {
                throw known;
            }
            throw failed(e.getCause() == null ? e : e.getCause());
        }
    }

    private RelaException failed(Throwable cause) {
        String line = TorchMessages.brief(cause);
        TorchFault fault = TorchFault.of(line);
        String what =
                switch (fault) {
                    case MEMORY -> " and " + input.get(0) + " pictures do not fit the memory of " + device();
                    case INPUT_SIZE, CHANNELS -> " does not take pictures of " + input.get(2) + "x" + input.get(3);
                    default -> " fails on " + device();
                };
        return new RelaException(
                fault == TorchFault.GPU ? ExitCode.DEVICE : ExitCode.SETTINGS,
                model.uri() + what + " (" + line + "). " + fault.repair(),
                cause);
    }

    /** The device that the model lies on. */
    public ComputeDevice device() {
        return loaded.device();
    }

    /** Whether the model keeps weights in float16 or bfloat16; reads the whole file. */
    public boolean hasHalfWeights() {
        return model.hasHalfWeights();
    }

    /** Version of the libtorch that computes. */
    public String libtorch() {
        return libtorch;
    }

    /** Closes every model of this process that no open embedder uses. */
    public static void closeIdleModels() {
        LoadedModel.closeIdle();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            predictor.close();
            loaded.release();
        }
    }

    private final class Features implements NoBatchifyTranslator<ByteBuffer, float[]> {
        @Override
        public NDList processInput(TranslatorContext context, ByteBuffer pixels) {
            NDManager manager = context.getNDManager();
            NDArray levels = manager.create(pixels, input, DataType.UINT8);
            return new NDList(levels.toType(DataType.FLOAT32, true)
                    .divi(manager.create(255f))
                    .subi(perChannel(manager, normalization.means()))
                    .divi(perChannel(manager, normalization.stds())));
        }

        private NDArray perChannel(NDManager manager, List<Float> values) {
            return manager.create(new float[] {values.get(0), values.get(1), values.get(2)}, new Shape(1, 3, 1, 1));
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList outputs) {
            NDArray features = outputs.size() == 1 ? outputs.get(0) : null;
            boolean matrix = features != null
                    && features.getShape().dimension() == 2
                    && features.getDataType() == DataType.FLOAT32;
            if (!matrix
                    || features.getShape().get(0) != input.get(0)
                    || features.getShape().get(1) == 0) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        model.uri() + " gives " + describe(outputs) + " for " + input.get(0) + " pictures of "
                                + input.get(2) + "x" + input.get(3)
                                + "; a model gives one float32 tensor of N×D, D at least 1. "
                                + (matrix && features.getShape().get(0) != input.get(0)
                                        ? "Check " + Flag.INPUT_SIZE + ", or export"
                                        : "Export")
                                + " the model with bin/export-prior.");
            }
            return features.toFloatArray();
        }

        private String describe(NDList outputs) {
            return outputs.stream()
                    .map(array -> array.getDataType() + " " + array.getShape())
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("nothing");
        }
    }
}
