package io.rela.storage;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.BBPartHandle;
import org.apache.hadoop.fs.BBUploadHandle;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.PartHandle;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UploadHandle;

/**
 * A file that is uploaded in parts to the place where it belongs, and that nobody sees until the upload is completed, by
 * whoever holds its handle: a commit that copies nothing. One thread; to be closed.
 */
public final class PartUpload implements AutoCloseable {
    private static final int MOST_LOOKS = 10;

    private static final Method PUT = Arrays.stream(MultipartUploader.class.getMethods())
            .filter(method -> method.getName().equals("putPart"))
            .findFirst()
            .orElseThrow();

    private final MultipartUploader uploader;
    private final Path file;
    private final UploadHandle upload;
    private final List<PartHandle> parts = new ArrayList<>();

    private PartUpload(MultipartUploader uploader, Path file, UploadHandle upload) {
        this.uploader = uploader;
        this.file = file;
        this.upload = upload;
    }

    /**
     * What completes or ends an upload. Immutable.
     *
     * @param upload the storage's name for it, in Base64
     * @param parts the storage's names for its parts, in order, likewise
     */
    public record Handle(String upload, List<String> parts) {
        public Handle {
            parts = List.copyOf(parts);
        }
    }

    /** Whether a file system can do that. */
    public static boolean isSupported(FileSystem fs, Path path) throws IOException {
        return fs.hasPathCapability(path, CommonPathCapabilities.FS_MULTIPART_UPLOADER);
    }

    /** Begins to upload a file. */
    public static PartUpload begin(FileSystem fs, Path file) throws IOException {
        MultipartUploader uploader = uploader(fs, file);
        try {
            return new PartUpload(uploader, file, done(uploader.startUpload(file)));
        } catch (IOException | RuntimeException e) {
            uploader.close();
            throw e;
        }
    }

    /**
     * Uploads the next part; all but the last have to be as large as the storage wants them, 5 MiB on S3.
     *
     * @param length bytes of {@code content} that make it
     */
    public void put(byte[] content, int length, boolean last) throws IOException {
        int number = parts.size() + 1;
        ByteArrayInputStream in = new ByteArrayInputStream(content, 0, length);
        // Since Hadoop 3.4.2 it wants to be told which part is the last.
        Object[] arguments = PUT.getParameterCount() == 5
                ? new Object[] {upload, number, file, in, (long) length}
                : new Object[] {upload, number, last, file, in, (long) length};
        try {
            @SuppressWarnings("unchecked") // the method says so
            CompletableFuture<PartHandle> part = (CompletableFuture<PartHandle>) PUT.invoke(uploader, arguments);
            parts.add(done(part));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            throw thrown(e.getCause());
        }
    }

    /** What completes the upload. */
    public Handle handle() {
        return new Handle(
                text(upload.toByteArray()),
                parts.stream().map(part -> text(part.toByteArray())).toList());
    }

    @Override
    public void close() throws IOException {
        uploader.close();
    }

    /**
     * Makes an uploaded file visible.
     *
     * @throws FileNotFoundException when there is no such upload: it was completed, or ended
     */
    public static void complete(FileSystem fs, Path file, Handle handle) throws IOException {
        Map<Integer, PartHandle> parts = new TreeMap<>();
        for (String part : handle.parts()) {
            parts.put(parts.size() + 1, BBPartHandle.from(bytes(part)));
        }
        try (MultipartUploader uploader = uploader(fs, file)) {
            done(uploader.complete(BBUploadHandle.from(bytes(handle.upload())), file, parts));
        }
    }

    /** Ends an upload, if there is one. */
    public static void abort(FileSystem fs, Path file, Handle handle) throws IOException {
        try (MultipartUploader uploader = uploader(fs, file)) {
            done(uploader.abort(BBUploadHandle.from(bytes(handle.upload())), file));
        } catch (FileNotFoundException e) {
            return;
        }
    }

    /** Ends all uploads of files below a folder, if there are some. */
    public static void abortBelow(FileSystem fs, Path folder) throws IOException {
        try (MultipartUploader uploader = uploader(fs, folder)) {
            int ended;
            int looks = 0;
            do {
                // Storage may tell of some at a time, and of those that are ended for a while.
                ended = done(uploader.abortUploadsUnderPath(folder));
            } while (ended > 0 && ++looks < MOST_LOOKS);
        }
    }

    private static MultipartUploader uploader(FileSystem fs, Path path) throws IOException {
        return fs.createMultipartUploader(path).build();
    }

    private static <T> T done(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get();
        } catch (ExecutionException | CompletionException e) {
            throw thrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while storage answered");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** What a call in another thread has thrown, as if it were of this one. */
    private static IOException thrown(Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(text));
    }
}
