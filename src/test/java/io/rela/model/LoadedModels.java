package io.rela.model;

/** Shows tests of other packages what this process holds. */
public final class LoadedModels {
    private LoadedModels() {}

    /** How many models are still leased, once those that nobody leases are closed. */
    public static int leased() {
        Embedder.closeIdleModels();
        return LoadedModel.count();
    }
}
