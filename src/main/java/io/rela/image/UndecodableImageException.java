package io.rela.image;

/**
 * A picture that cannot be decoded: bad data, not a fault of the program. {@link #reason()} and {@link #getMessage()} are
 * what a row of {@code rejects/} says of it.
 */
public final class UndecodableImageException extends Exception {
    private final RejectReason reason;

    /**
     * @param reason the class of the fault
     * @param detail one sentence for a person; of numbers only positions, lengths and shares, never what stands in the data: a
     *     file that is no picture may be somebody's secret
     */
    public UndecodableImageException(RejectReason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** The class of the fault; never null. */
    public RejectReason reason() {
        return reason;
    }

    static UndecodableImageException truncated(String detail) {
        return new UndecodableImageException(RejectReason.TRUNCATED, detail);
    }

    static UndecodableImageException corrupt(String detail) {
        return new UndecodableImageException(RejectReason.CORRUPT, detail);
    }

    static UndecodableImageException unsupported(String detail) {
        return new UndecodableImageException(RejectReason.UNSUPPORTED, detail);
    }
}
