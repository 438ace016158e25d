package io.rela.model;

import io.rela.Flag;
import java.util.List;
import java.util.regex.Pattern;

/** What a failed forward pass was about. libtorch has no other sign of it than its words, which these are taken from. */
enum TorchFault {
    /** A device or the host had no memory left. */
    MEMORY(
            List.of("out of memory", "not enough memory", "can't allocate memory"),
            "Ask for a smaller " + Flag.BATCH_SIZE + ", or give the device fewer tasks at a time."),
    /** The GPU, its driver, or a libtorch that was not built for it. */
    GPU(
            List.of("CUDA error", "cuDNN error", "CUBLAS_STATUS", "CUDNN_STATUS", "no kernel image", "CUDA driver"),
            "Look at the GPU and its driver (nvidia-smi), or ask for " + Flag.DEVICE + " cpu."),
    /** Tensors on two devices: constants of a traced module stay where it was traced. */
    TWO_DEVICES(
            List.of("on the same device"),
            "Tensors that the module made while it was traced stay on that device: export it on the device that is to"
                    + " compute."),
    /** float32 pictures meet weights of another type. */
    PRECISION(
            List.of(
                    "not implemented for '(Half|BFloat16)'",
                    "Input type \\(.*\\) and (bias|weight) type",
                    "expected scalar type",
                    "have the same dtype"),
            "Pictures come as float32, so a module in another precision has to cast inside: bin/export-prior --half makes"
                    + " one, for a CPU --half bf16."),
    /** An operator that libtorch does not have, or not for this device. */
    OPERATOR(
            List.of("Could not run '[^']*' with arguments from", "Unknown builtin op", "no such operator"),
            "This libtorch lacks the operator there: export the model without it, or ask for another " + Flag.DEVICE
                    + "."),
    /** Batch or instance normalisation that wants to learn. */
    TRAINING(
            List.of("Expected more than 1 (value per channel|spatial element) when training"),
            "The module was exported while it was in training: call eval() on it before, or use bin/export-prior."),
    /** A first layer that does not take three channels. */
    CHANNELS(
            List.of("to have \\d+ channels, but got 3 channels"),
            "Pictures have three channels, red, green and blue: export a model that takes them."),
    /** A module that takes its tensors' memory to be planar. */
    LAYOUT(
            List.of("view size is not compatible with input tensor's size and stride"),
            "It takes planar pictures: write layout=planar into serving.properties of its model directory, or reshape where"
                    + " the module has view."),
    /** Shapes that do not meet, as they do with pictures of another size. */
    INPUT_SIZE(
            List.of(
                    "shapes cannot be multiplied",
                    "size mismatch",
                    "to have \\d+ channels, but got",
                    "[Kk]ernel size can't be greater than actual input size",
                    "Output size is too small",
                    "must match the size of tensor",
                    "Sizes of tensors must match",
                    "must match the existing size",
                    "is invalid for input of size",
                    "expected input with shape",
                    "split_with_sizes expects",
                    "Padding size should be less than",
                    "out of range for tensor of size",
                    "out of bounds for dimension",
                    "rows in the packB should be equal",
                    // What a model says itself.
                    "(?i)(image|input|picture|img).{0,20}(height|width|size|resolution|shape)",
                    "(?i)(height|width) \\(?\\d+.*(expected|match|divisible)"),
            "Set " + Flag.INPUT_SIZE + " to what the model was made for."),
    /** Anything else: the module's own code. */
    MODEL(List.of(), "The module itself fails: try it in Python on random pictures of this size.");

    @SuppressWarnings("ImmutableEnumChecker") // made by Stream.toList, which nobody can change
    private final List<Pattern> signs;

    private final String repair;

    TorchFault(List<String> signs, String repair) {
        this.signs = signs.stream().map(Pattern::compile).toList();
        this.repair = repair;
    }

    /** The first kind whose words are in libtorch's line. */
    static TorchFault of(String line) {
        for (TorchFault fault : values()) {
            if (fault.signs.stream().anyMatch(sign -> sign.matcher(line).find())) {
                return fault;
            }
        }
        return MODEL;
    }

    /** What a person should do, a sentence. */
    String repair() {
        return repair;
    }
}
