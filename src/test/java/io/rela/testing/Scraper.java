package io.rela.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * For {@code spark.extraListeners}: reads the running driver's metrics as Prometheus does, each time that a task or a job ends,
 * and what Spark knows of its stages each time that a job does. Keeps each in a numbered file of the folder that
 * {@value #FOLDER} names.
 */
public final class Scraper extends SparkListener {
    public static final String FOLDER = "spark.rela.test.scraped";

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger number = new AtomicInteger();
    private final Path folder;

    public Scraper(SparkConf conf) {
        folder = Path.of(conf.get(FOLDER));
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        keep("/metrics/prometheus/", ".metrics");
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd end) {
        keep("/metrics/prometheus/", ".metrics");
        String application =
                SparkSession.getDefaultSession().get().sparkContext().applicationId();
        keep("/api/v1/applications/" + application + "/stages", ".stages");
    }

    private void keep(String path, String suffix) {
        String driver =
                SparkSession.getDefaultSession().get().sparkContext().uiWebUrl().get();
        try {
            HttpResponse<Path> page = client.send(
                    HttpRequest.newBuilder(URI.create(driver + path)).build(),
                    HttpResponse.BodyHandlers.ofFile(
                            folder.resolve(String.format("%06d", number.getAndIncrement()) + suffix)));
            if (page.statusCode() != 200) {
                throw new IllegalStateException(path + " answers " + page.statusCode());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
