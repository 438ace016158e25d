package io.rela.source;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Where samples come from. Made and listed on the driver; serialisable, so that tasks can read with it.
 *
 * <p>The order of the samples is that of class folders by name, then of files by folder and name, all by Unicode code
 * point, as the reference implementation's ImageFolder has it. It does not depend on the order in which storage lists, nor
 * on the number of tasks.
 */
public sealed interface ImageSource extends Serializable permits FolderSource, TarSource, ParquetSource {
    /**
     * Opens an input on any storage that Hadoop has a file system for.
     *
     * @param uri a folder or a file; without a scheme it is resolved as the configuration's default file system says. Taken
     *     literally: nothing is percent-decoded
     * @param format the layout, or {@link InputFormat#AUTO} to find out
     * @param columns used by Parquet inputs only
     * @throws SourceException if there is no such input, or it is not of that format
     */
    static ImageSource open(String uri, InputFormat format, ParquetColumns columns, Configuration configuration) {
        return SourceDetection.open(uri, format, columns, configuration);
    }

    /** The input's qualified path. */
    String uri();

    /** The layout, never {@link InputFormat#AUTO}. */
    InputFormat format();

    /**
     * Lists all samples on the executors, in four tasks a core.
     *
     * @param links what becomes of links that lead out of the input
     * @return the samples, at least one; to be closed by the caller
     * @throws SourceException if the input cannot be read, is damaged or holds no picture
     * @throws io.rela.RelaException if links lead out of it and must not
     */
    default Listing list(SparkSession spark, Links links) {
        return list(spark, 4 * spark.sparkContext().defaultParallelism(), links);
    }

    /**
     * Lists all samples on the executors.
     *
     * @param tasks at most so many tasks, at least 1; a class folder, a shard or a Parquet file is never divided
     * @param links what becomes of links that lead out of the input; looked at on local file systems, the only ones on which
     *     Hadoop follows links unasked
     * @return the samples, at least one; to be closed by the caller
     * @throws SourceException if the input cannot be read, is damaged or holds no picture
     * @throws io.rela.RelaException if links lead out of it and must not
     */
    Listing list(SparkSession spark, int tasks, Links links);

    /** A reader for the task that calls this. */
    SampleReader reader();
}
