package io.rela.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import io.rela.ExitCode;
import io.rela.RelaException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A model in this process's memory: one a model and device, shared by all tasks that lease it. Owns the native module.
 * Models without leases go when another is loaded, so that a long-lived executor does not collect them. Safe for threads.
 */
final class LoadedModel {
    private record Key(String sha256, ComputeDevice device) {}

    private static final Map<Key, LoadedModel> LOADED = new HashMap<>();

    private final Key key;
    private final Model model;
    private int leases;

    private LoadedModel(Key key, Model model) {
        this.key = key;
        this.model = model;
    }

    /** Leases the model, loading it if this process does not hold it yet; give it back with {@link #release}. */
    static LoadedModel lease(TorchScript script, Engine engine, ComputeDevice device) {
        synchronized (LOADED) {
            Key key = new Key(script.sha256(), device);
            LoadedModel loaded = LOADED.get(key);
            if (loaded == null) {
                closeIdle();
                loaded = new LoadedModel(key, load(script, engine, device));
                LOADED.put(key, loaded);
            }
            loaded.leases++;
            return loaded;
        }
    }

    void release() {
        synchronized (LOADED) {
            if (leases < 1) {
                throw new IllegalStateException("A model was given back more often than it was leased");
            }
            leases--;
        }
    }

    /** Closes every model that nobody leases. */
    static void closeIdle() {
        synchronized (LOADED) {
            LOADED.values().removeIf(loaded -> {
                if (loaded.leases > 0) {
                    return false;
                }
                loaded.model.close();
                return true;
            });
        }
    }

    /** How many models this process holds. */
    static int count() {
        synchronized (LOADED) {
            return LOADED.size();
        }
    }

    Model model() {
        return model;
    }

    ComputeDevice device() {
        return key.device();
    }

    private static Model load(TorchScript script, Engine engine, ComputeDevice device) {
        Model model = engine.newModel("model", device.isGpu() ? Device.gpu(device.gpu()) : Device.cpu());
        try {
            model.load(new ByteArrayInputStream(script.bytes()), Map.of("mapLocation", "true"));
            return model;
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw new RelaException(
                    ExitCode.INPUT,
                    script.uri() + " is not a TorchScript module that libtorch " + TorchRuntime.VERSION + " can load ("
                            + TorchMessages.brief(e) + "). Export one with bin/export-prior.",
                    e);
        }
    }
}
