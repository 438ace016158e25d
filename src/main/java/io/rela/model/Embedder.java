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
import io.rela.image.PixelLayout;
import io.rela.image.Preprocessing;
import io.rela.metrics.Meters;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns batches of prepared pictures into features. One a task, one thread; the model behind it is shared by the
 * process. Pictures cross to the device as bytes and are normalised there, in torch's own arithmetic: {@code v / 255}, minus
 * mean, divided by std, in float32. The model is given N×3×S×S: by {@link PixelLayout} a view of the pixels as they lie, or a
 * copy. Native memory lives only inside {@link #embed}: what comes out is a plain array.
 */
public final class Embedder implements AutoCloseable {
    private static final int CHANNELS = 3;

    private final TorchScript model;
    private final LoadedModel loaded;
    private final Predictor<ByteBuffer, float[]> predictor;
    private final int batch;
    private final int side;
    private final PixelLayout layout;
    private final Normalization normalization;
    private final String libtorch;
    private boolean closed;

    private Embedder(TorchScript model, LoadedModel loaded, int batch, Preprocessing preprocessing, String libtorch) {
        this.model = model;
        this.loaded = loaded;
        this.batch = batch;
        this.side = preprocessing.inputSize();
        this.layout = preprocessing.layout();
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

    /** Bytes that a batch takes: batch × size × size × 3. */
    public int batchBytes() {
        return Math.toIntExact((long) batch * side * side * CHANNELS);
    }

    /**
     * Features of one batch.
     *
     * @param pixels a direct buffer that holds batch × size × size pixels: red, green and blue, 0 to 255 as unsigned bytes
     * @return batch × D values, row by row
     * @throws RelaException when the model does not take such a batch or fails, does not give batch × D floats with D at
     *     least 1, or when memory is short
     */
    public float[] embed(ByteBuffer pixels) {
        if (!pixels.isDirect() || pixels.capacity() != batchBytes()) {
            throw new IllegalArgumentException("A batch is a direct buffer of " + batchBytes() + " bytes");
        }
        try {
            return NativeCalls.TORCH.make(() -> {
                Meters.Pass pass = Meters.ofProcess().pass(device().toString());
                try {
                    return predictor.predict(pixels);
                } finally {
                    pass.ended();
                }
            });
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
        TorchFault said = TorchFault.of(line);
        TorchFault fault = said == TorchFault.LAYOUT && layout == PixelLayout.PLANAR ? TorchFault.MODEL : said;
        String what =
                switch (fault) {
                    case MEMORY -> " and " + batch + " pictures do not fit the memory of " + device();
                    case INPUT_SIZE, CHANNELS -> " does not take pictures of " + side + "x" + side;
                    case LAYOUT -> " does not take " + layout + " pictures";
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

    /** Whether the model computes in float16 or bfloat16, as far as one can tell; may read the whole file. */
    public boolean isHalf() {
        return model.isHalf();
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
            NDArray levels = manager.create(pixels, new Shape(batch, side, side, CHANNELS), DataType.UINT8);
            return new NDList(
                    switch (layout) {
                        case INTERLEAVED -> channelsFirst(interleaved(manager, levels));
                        case PLANAR -> planar(manager, levels);
                    });
        }

        private NDArray channelsFirst(NDArray pixels) {
            return pixels.transpose(0, 3, 1, 2);
        }

        /** Means and deviations along whole rows of pixels: along an axis of three torch is many times slower. */
        private NDArray interleaved(NDManager manager, NDArray levels) {
            NDArray rows = levels.reshape(batch, side, (long) side * CHANNELS);
            return normalised(manager, rows, side, new Shape(1, 1, (long) side * CHANNELS))
                    .reshape(levels.getShape());
        }

        /** Flattening copies; another shape alone would leave the pixels as they lie. */
        private NDArray planar(NDManager manager, NDArray levels) {
            NDArray planes = channelsFirst(levels).flatten().reshape(batch, CHANNELS, side, side);
            return normalised(manager, planes, 1, new Shape(1, CHANNELS, 1, 1));
        }

        /**
         * Normalises.
         *
         * @param pixels of which the shape has all channels
         * @param shape of their means and deviations
         */
        private NDArray normalised(NDManager manager, NDArray levels, int pixels, Shape shape) {
            return levels.toType(DataType.FLOAT32, true)
                    .divi(manager.create(255f))
                    .subi(manager.create(repeated(normalization.means(), pixels), shape))
                    .divi(manager.create(repeated(normalization.stds(), pixels), shape));
        }

        private static float[] repeated(List<Float> ofChannels, int times) {
            float[] values = new float[times * CHANNELS];
            for (int i = 0; i < values.length; i++) {
                values[i] = ofChannels.get(i % CHANNELS);
            }
            return values;
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList outputs) {
            NDArray features = outputs.size() == 1 ? outputs.get(0) : null;
            boolean matrix = features != null
                    && features.getShape().dimension() == 2
                    && features.getDataType() == DataType.FLOAT32;
            if (!matrix
                    || features.getShape().get(0) != batch
                    || features.getShape().get(1) == 0) {
                throw new RelaException(
                        ExitCode.SETTINGS,
                        model.uri() + " gives " + describe(outputs) + " for " + batch + " pictures of "
                                + side + "x" + side
                                + "; a model gives one float32 tensor of N×D, D at least 1. "
                                + (matrix && features.getShape().get(0) != batch
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
