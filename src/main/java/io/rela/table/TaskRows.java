package io.rela.table;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/** Rows that a task reads while Spark asks for them. */
public final class TaskRows {
    private TaskRows() {}

    /**
     * Each row, changed into something else. For the running task's thread.
     *
     * @param close lets the rows go; run when the task ends, however it ends
     */
    public static <A, B> Iterator<B> of(Iterator<A> rows, Runnable close, Function<A, B> change) {
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close.run());
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public B next() {
                return change.apply(rows.next());
            }
        };
    }
}
