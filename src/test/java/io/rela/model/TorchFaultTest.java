package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchFaultTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x1200 and 768x24) | INPUT_SIZE
            RuntimeError: size mismatch, m1: [2 x 1200], m2: [768 x 24] at TH/generic/THTensorMath.cpp:41 | INPUT_SIZE
            RuntimeError: Given groups=1, weight of size [5, 64, 3, 3], expected input[2, 32, 8, 8] to have 64 channels, but got 32 channels instead | INPUT_SIZE
            RuntimeError: Given groups=1, weight of size [5, 1, 3, 3], expected input[2, 3, 8, 8] to have 1 channels, but got 3 channels instead | CHANNELS
            RuntimeError: Calculated padded input size per channel: (8 x 8). Kernel size: (9 x 9). Kernel size can't be greater than actual input size | INPUT_SIZE
            RuntimeError: Given input size: (3x8x8). Calculated output size: (3x0x0). Output size is too small | INPUT_SIZE
            RuntimeError: The size of tensor a (25) must match the size of tensor b (16) at non-singleton dimension 1 | INPUT_SIZE
            RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 20 but got size 16 for tensor number 1 in the list. | INPUT_SIZE
            RuntimeError: The expanded size of the tensor (16) must match the existing size (20) at non-singleton dimension 3. | INPUT_SIZE
            RuntimeError: shape '[-1, 3, 16, 16]' is invalid for input of size 2400 | INPUT_SIZE
            RuntimeError: Given normalized_shape=[3, 16, 16], expected input with shape [*, 3, 16, 16], but got input of size[2, 3, 20, 20] | INPUT_SIZE
            RuntimeError: split_with_sizes expects split_sizes to sum exactly to 20 (input tensor's size at dimension 3), but got split_sizes=[8, 8] | INPUT_SIZE
            RuntimeError: Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (18, 18) at dimension 3 | INPUT_SIZE
            RuntimeError: select(): index 30 out of range for tensor of size [2, 3, 16, 16] at dimension 2 | INPUT_SIZE
            RuntimeError: The number of rows in the packB should be equal to K: 1200 | INPUT_SIZE
            builtins.AssertionError: Input height (32) doesn't match model (224). | INPUT_SIZE
            RuntimeError: Input type (float) and bias type (c10::Half) should be the same | PRECISION
            RuntimeError: mat1 and mat2 must have the same dtype, but got Float and Half | PRECISION
            RuntimeError: expected scalar type Half but found Float | PRECISION
            RuntimeError: "slow_conv2d_cpu" not implemented for 'Half' | PRECISION
            RuntimeError: Could not run 'aten::sqrt.out' with arguments from the 'QuantizedCPU' backend. | OPERATOR
            RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! | TWO_DEVICES
            RuntimeError: CUDA error: no kernel image is available for execution on the device | GPU
            RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED | GPU
            torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. | MEMORY
            RuntimeError: Expected more than 1 value per channel when training, got input size torch.Size([1, 64, 1, 1]) | TRAINING
            builtins.ValueError: the licence has expired | MODEL
            RuntimeError: Input type (unsigned char) is not what the label size says | MODEL
            """)
    void libtorchsLineTellsTheFault(String line, TorchFault fault) {
        assertThat(TorchFault.of(line)).isEqualTo(fault);
    }

    @Test
    void theLineThatTellsTheCauseStandsAtTheEndOfATrace() {
        assertThat(TorchMessages.brief(new IllegalStateException("""
                        The following operation failed in the TorchScript interpreter.
                        Traceback of TorchScript, original code (most recent call last):
                          File "model.py", line 44, in forward
                                raise RuntimeError("the licence has expired")
                                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ <--- HERE
                        builtins.RuntimeError: the licence has expired
                        """)))
                .isEqualTo("builtins.RuntimeError: the licence has expired");
        assertThat(TorchMessages.brief(new IllegalStateException("CUDA error: unknown error\nCompile with …")))
                .isEqualTo("CUDA error: unknown error");
    }

    @Test
    void aLongLineEndsWithASentence() {
        String sentence = "RuntimeError: Could not run it. ";
        assertThat(TorchMessages.brief(new IllegalStateException(sentence + "x".repeat(400))))
                .isEqualTo("RuntimeError: Could not run it");
    }
}
