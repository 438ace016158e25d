package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rela.ExitCode;
import io.rela.RelaException;
import java.util.List;
import org.junit.jupiter.api.Test;

public class ComputeDeviceTest {
    @Test
    void sparksGrantDecidesTheGpu() {
        assertThat(ComputeDevice.choose(DeviceRequest.AUTO, List.of("3"), 4, 0)).hasToString("gpu:3");
        assertThat(ComputeDevice.choose(DeviceRequest.GPU, List.of("1", "2"), 4, 9))
                .hasToString("gpu:1");
    }

    @Test
    void withoutAGrantTasksSpreadOverTheGpusThatAreThere() {
        assertThat(ComputeDevice.choose(DeviceRequest.AUTO, List.of(), 2, 5)).hasToString("gpu:1");
        assertThat(ComputeDevice.choose(DeviceRequest.GPU, List.of(), 2, 4)).hasToString("gpu:0");
    }

    @Test
    void cpuIsTakenWhenItIsAskedForOrNothingElseIsThere() {
        assertThat(ComputeDevice.choose(DeviceRequest.CPU, List.of("0"), 1, 0)).isEqualTo(ComputeDevice.CPU);
        assertThat(ComputeDevice.choose(DeviceRequest.AUTO, List.of(), 0, 0)).isEqualTo(ComputeDevice.CPU);
    }

    @Test
    void aGpuThatWasAskedForAndIsNotThereIsAnError() {
        assertDeviceError(() -> ComputeDevice.choose(DeviceRequest.GPU, List.of(), 0, 0), "--device gpu");
    }

    @Test
    void aGrantedGpuThatLibtorchCannotUseIsAnErrorEvenOnAuto() {
        assertDeviceError(() -> ComputeDevice.choose(DeviceRequest.AUTO, List.of("0"), 0, 0), "granted GPU 0");
    }

    @Test
    void anAddressThatIsNoNumberNamesTheDiscoveryScript() {
        assertDeviceError(() -> ComputeDevice.choose(DeviceRequest.AUTO, List.of("GPU-a1"), 1, 0), "discoveryScript");
    }

    private static void assertDeviceError(Runnable choice, String message) {
        assertThatThrownBy(choice::run)
                .isInstanceOf(RelaException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((RelaException) e).exitCode())
                .isEqualTo(ExitCode.DEVICE);
    }
}
