package io.rela.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

public class NativeHeapTest {
    @Test
    void settingsOfTheEnvironmentWin() {
        assertThat(NativeHeap.isSetIn(Map.of("MALLOC_TRIM_THRESHOLD_", "131072")))
                .isTrue();
        assertThat(NativeHeap.isSetIn(Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")))
                .isTrue();
        assertThat(NativeHeap.isSetIn(Map.of("LD_PRELOAD", "/usr/lib/libjemalloc.so")))
                .isTrue();
    }

    @Test
    void aLimitOfArenasIsNoReasonToLeaveTheHeapAlone() {
        assertThat(NativeHeap.isSetIn(Map.of("MALLOC_ARENA_MAX", "2", "GLIBC_TUNABLES", "glibc.cpu.x=1")))
                .isFalse();
    }
}
