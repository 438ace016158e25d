package io.rela.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * For {@code spark.extraListeners}: looks at the running driver's pages as Prometheus and a person do, each time that a task or a
 * job ends, and keeps what it sees in the folder {@value #FOLDER}, one numbered file a look.
 */
public final class Scraper extends SparkListener {
    public static final String FOLDER = "spark.rela.test.scraped";

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger looks = new AtomicInteger();
    private final Path folder;

    public Scraper(SparkConf conf) {
        folder = Path.of(conf.get(FOLDER));
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        keep("/metrics/prometheus/", "prometheus");
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd end) {
        keep("/metrics/prometheus/", "prometheus");
    }

    private void keep(String path, String kind) {
        try {
            HttpResponse<String> page = client.send(
                    HttpRequest.newBuilder(URI.create(url() + path)).build(), HttpResponse.BodyHandlers.ofString());
            Files.writeString(
                    folder.resolve(String.format("%06d.%s", looks.getAndIncrement(), kind)),
                    page.statusCode() + "\n" + page.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String url() {
        return SparkSession.getDefaultSession().get().sparkContext().uiWebUrl().get();
    }
}
