package io.rela.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Which of many epochs a chart shows. */
final class Shown {
    /** Outlines that a person can tell from each other. */
    static final int MOST_EPOCHS = 6;

    private Shown() {}

    /** All of few; of many the first, the last, and others in even steps between. */
    static List<Integer> of(Collection<Integer> ascending) {
        List<Integer> all = List.copyOf(ascending);
        if (all.size() <= MOST_EPOCHS) {
            return all;
        }
        List<Integer> some = new ArrayList<>();
        for (int i = 0; i < MOST_EPOCHS; i++) {
            some.add(all.get(Math.round(i * (all.size() - 1f) / (MOST_EPOCHS - 1))));
        }
        return List.copyOf(some);
    }
}
