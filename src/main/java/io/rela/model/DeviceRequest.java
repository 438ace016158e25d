package io.rela.model;

import java.util.Locale;

/** The device that a user asks for with {@code --device}. */
public enum DeviceRequest {
    /** The GPU that Spark granted or that is there, else the CPU. */
    AUTO,
    /** The CPU, whatever else is there. */
    CPU,
    /** A GPU, or the command ends with exit code 6. */
    GPU;

    /** As settings and manifests spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
