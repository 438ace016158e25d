package io.rela;

/**
 * What the settings are called on the command line, for messages that tell a user which one to change. The options of {@code cli}
 * take their names from here, so that a message cannot name one that is not there.
 */
public final class Flag {
    public static final String ALLOW_UNSTABLE_PRIOR = "--allow-unstable-prior";
    public static final String BATCH_SIZE = "--batch-size";
    public static final String CLASSES = "--classes";
    public static final String CLUSTERS = "--clusters";
    public static final String COLUMNS = "--columns";
    public static final String COMPARE = "--compare";
    public static final String CONFIG = "--config";
    public static final String CONSENSUS = "--consensus";
    public static final String DEVICE = "--device";
    public static final String DIMENSIONS = "--dimensions";
    public static final String DRY_RUN = "--dry-run";
    public static final String EPOCH = "--epoch";
    public static final String EPOCHS = "--epochs";
    public static final String FILES = "--files";
    public static final String FOLLOW_LINKS = "--follow-links";
    public static final String HELD_OUT = "--held-out";
    public static final String HELP = "--help";
    public static final String HOME = "--home";
    public static final String ID_COLUMN = "--id-column";
    public static final String IF_EXISTS = "--if-exists";
    public static final String IMAGE_COLUMN = "--image-column";
    public static final String INPUT = "--input";
    public static final String INPUT_FORMAT = "--input-format";
    public static final String INPUT_SIZE = "--input-size";
    public static final String INTERPOLATION = "--interpolation";
    public static final String ITERATIONS = "--iterations";
    public static final String KEEP_EPOCHS = "--keep-epochs";
    public static final String KEEP_IMAGES = "--keep-images";
    public static final String LABEL_COLUMN = "--label-column";
    public static final String LEARNER = "--learner";
    public static final String LEARNER_SHA256 = "--learner-sha256";
    public static final String LOSS = "--loss";
    public static final String LOSSES = "--losses";
    public static final String LOSSES_EPOCH = "--losses-epoch";
    public static final String LOSSES_ONTO = "--losses-onto";
    public static final String LOSSES_TIME = "--losses-time";
    public static final String MAX_REJECTS = "--max-rejects";
    public static final String MEAN = "--mean";
    public static final String MISSING = "--missing";
    public static final String OTHER_FEATURES = "--other-features";
    public static final String OTHER_HOME = "--other-home";
    public static final String OUTPUT = "--output";
    public static final String PARTITIONS = "--partitions";
    public static final String POLICY = "--policy";
    public static final String PRECISION = "--precision";
    public static final String PRIOR = "--prior";
    public static final String PRIOR_SHA256 = "--prior-sha256";
    public static final String PROJECTION = "--projection";
    public static final String RATIO = "--ratio";
    public static final String RATIO_SCHEDULE = "--ratio-schedule";
    public static final String REFERENCE_LOSSES = "--reference-losses";
    public static final String REFERENCE_LOSSES_EPOCH = "--reference-losses-epoch";
    public static final String REFERENCE_LOSSES_TIME = "--reference-losses-time";
    public static final String REGULARIZATION = "--regularization";
    public static final String RESIZE = "--resize";
    public static final String RESULT_FILE = "--result-file";
    public static final String RIDGE = "--ridge";
    public static final String SCALE = "--scale";
    public static final String SEED = "--seed";
    public static final String STANDARDIZE = "--standardize";
    public static final String STD = "--std";
    public static final String TABLE = "--table";
    public static final String TEST_HOME = "--test-home";
    public static final String TIMES_SELECTED = "--times-selected";
    public static final String TRANSFER = "--transfer";
    public static final String TRANSFER_SHARE = "--transfer-share";
    public static final String VERBOSE = "--verbose";
    public static final String VERSION = "--version";
    public static final String WAIT_LOCK = "--wait-lock";
    public static final String WAVE_SIZE = "--wave-size";

    private Flag() {}

    /** The setting that pins the file of a model, of which {@code setting} names the URI. */
    public static String sha256Of(String setting) {
        return setting + "-sha256";
    }

    /** The setting that names the column of times in a log of losses, of which {@code setting} names the URI. */
    public static String timeOf(String setting) {
        return setting + "-time";
    }

    /** What a setting that is declared elsewhere, as the parameters of policies are, is called on the command line. */
    public static String of(String name) {
        return "--" + name;
    }
}
