package io.rela.cli;

import io.rela.distill.SubsetRequest.Classes.Source;
import io.rela.distill.SubsetRequest;
import io.rela.select.Columns;
import io.rela.select.CoverageCentric;
import io.rela.select.Cyclic;
import io.rela.select.Extreme;
import io.rela.select.Importance;
import io.rela.select.InfoBatch;
import io.rela.select.OrderDp;
import io.rela.select.RatioSchedule;
import io.rela.select.Rcap;
import io.rela.select.SeTa;
import io.rela.select.SelectionPolicy;
import io.rela.select.Uniform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Options that say how a subset is chosen. */
final class SelectOptions {
    /** Each has its counters. */
    private static final int MOST_STRATA = 1 << 20;

    /** Parameters by policy, with their usual values; of orderdp's pool the usual share depends on the ratio. */
    private static final Map<String, Map<String, Double>> POLICIES = policies();

    private static Map<String, Map<String, Double>> policies() {
        Map<String, Map<String, Double>> policies = new LinkedHashMap<>();
        policies.put("uniform", Map.of());
        policies.put("cyclic", Map.of());
        policies.put("infobatch", Map.of("prune-probability", 0.5, "anneal-from", 0.875));
        policies.put("orderdp", Map.of("pool-share", Double.NaN));
        policies.put(
                "seta", Map.of("prune-probability", 0.1, "groups", 5.0, "window-scale", 0.9, "anneal-from", 0.875));
        policies.put("ccs", Map.of("hard-cutoff", 0.1, "strata", 50.0));
        policies.put("rcap", Map.of("temperature", 1.0));
        policies.put("importance", Map.of());
        policies.put("hard", Map.of());
        policies.put("easy", Map.of());
        return policies;
    }

    @Option(
            names = "--policy",
            required = true,
            paramLabel = "NAME",
            description = "uniform, cyclic, infobatch, orderdp, seta, ccs, rcap, importance, hard or easy")
    String policy;

    @Option(names = "--ratio", paramLabel = "R", description = "of the samples that are kept, above 0, up to 1")
    Double ratio;

    @Option(
            names = "--ratio-schedule",
            paramLabel = "SHAPE:A..B@E",
            description =
                    "instead of --ratio: cosine:0.2..0.8@30 goes from 0.2 at epoch 0 to 0.8 at epoch 30; or linear:")
    String ratioSchedule;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "of the whole run, for policies that change towards its end")
    Integer epochs;

    @Option(
            names = "--losses-epoch",
            paramLabel = "N",
            description = "whose losses are used (default the newest scored one that is not after --epoch)")
    Integer lossesEpoch;

    @Option(names = "--columns", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Columns columns = Columns.TARGETS;

    @Option(
            names = "--classes",
            description = "of cyclic and rcap: label, cluster (k-means of the targets), or auto: labels where there are"
                    + " some, else clusters for rcap (default ${DEFAULT-VALUE})")
    Source classes = Source.AUTO;

    @Option(names = "--clusters", paramLabel = "K", description = "of --classes cluster (default 100)")
    Integer clusters;

    @Option(
            names = "--prune-probability",
            paramLabel = "P",
            description = "of infobatch (default 0.5) and seta (default 0.1)")
    Double pruneProbability;

    @Option(
            names = "--anneal-from",
            paramLabel = "SHARE",
            description = "of infobatch and seta: share of --epochs from which they keep all (default 0.875)")
    Double annealFrom;

    @Option(
            names = "--pool-share",
            paramLabel = "S",
            description = "of orderdp: the pool that the hardest are taken of (default half way from --ratio to 1)")
    Double poolShare;

    @Option(names = "--groups", paramLabel = "K", description = "of seta (default 5)")
    Integer groups;

    @Option(names = "--window-scale", paramLabel = "A", description = "of seta: share of the groups kept (default 0.9)")
    Double windowScale;

    @Option(names = "--hard-cutoff", paramLabel = "B", description = "of ccs: share of the hardest cut (default 0.1)")
    Double hardCutoff;

    @Option(names = "--strata", paramLabel = "K", description = "of ccs (default 50)")
    Integer strata;

    @Option(names = "--temperature", paramLabel = "T", description = "of rcap's softmax (default 1)")
    Double temperature;

    void check(Problems problems, Integer epoch) {
        problems.check(
                policy == null || POLICIES.containsKey(policy),
                "--policy " + policy + " is none of " + POLICIES.keySet());
        checkRatio(problems, epoch);
        Checks.atLeastOne(problems, "--epochs", epochs);
        problems.check(
                lossesEpoch == null || lossesEpoch >= 0,
                "--losses-epoch " + lossesEpoch + ": epochs are counted from 0 on");
        problems.check(clusters == null || clusters >= 2, "--clusters " + clusters + ": write a number of at least 2");
        problems.check(
                clusters == null || classes != Source.LABEL,
                "--clusters " + clusters + " has no meaning with --classes label: leave one of them out");
        Checks.share(problems, "--anneal-from", annealFrom);
        Checks.atLeastOne(problems, "--groups", groups);
        Checks.atLeastOne(problems, "--strata", strata);
        problems.check(
                strata == null || strata <= MOST_STRATA,
                "--strata " + strata + ": write a number of at most " + MOST_STRATA);
        belowOne(problems, "--prune-probability", pruneProbability);
        belowOne(problems, "--hard-cutoff", hardCutoff);
        aboveZero(problems, "--pool-share", poolShare);
        aboveZero(problems, "--window-scale", windowScale);
        problems.check(
                temperature == null || (temperature > 0 && Double.isFinite(temperature)),
                "--temperature " + temperature + ": write a finite number above 0");
        if (POLICIES.containsKey(policy)) {
            given().keySet().stream()
                    .filter(name -> !POLICIES.get(policy).containsKey(name))
                    .forEach(name -> problems.add("--" + name + " is no parameter of --policy " + policy
                            + ", which has " + POLICIES.get(policy).keySet() + ": leave it out"));
            problems.check(
                    (ratio == null && ratioSchedule == null) || policy().takesRatio(),
                    "--ratio does not decide what --policy " + policy + " keeps, --prune-probability does: leave"
                            + " it out");
            problems.check(
                    ratio != null || ratioSchedule != null || !policy().takesRatio(),
                    "--ratio is missing: --policy " + policy + " needs the share to keep");
            problems.check(
                    policy().takesClasses() || (classes == Source.AUTO && clusters == null),
                    "--policy " + policy + " does not look at classes: leave --classes and --clusters out");
        }
    }

    private void checkRatio(Problems problems, Integer epoch) {
        problems.check(
                ratio == null || (ratio > 0 && ratio <= 1), "--ratio " + ratio + ": write a number above 0, up to 1");
        problems.check(
                ratio == null || ratioSchedule == null,
                "--ratio and --ratio-schedule both say how much is kept: leave one of them out");
        if (ratioSchedule != null) {
            try {
                RatioSchedule unused = RatioSchedule.parse(ratioSchedule);
            } catch (IllegalArgumentException e) {
                problems.add("--ratio-schedule " + ratioSchedule + ": " + e.getMessage());
                ratioSchedule = null;
                ratio = 1.0;
            }
        }
        problems.check(
                epoch == null || epochs == null || epoch < epochs,
                "--epoch " + epoch + " is not one of --epochs " + epochs + ", which are counted from 0 on");
    }

    private static void belowOne(Problems problems, String option, Double value) {
        problems.check(
                value == null || (value >= 0 && value < 1),
                option + " " + value + ": write a number from 0 to below 1");
    }

    private static void aboveZero(Problems problems, String option, Double value) {
        problems.check(
                value == null || (value > 0 && value <= 1), option + " " + value + ": write a number above 0, up to 1");
    }

    /** The policies' parameters that were given, by option name. */
    private Map<String, Double> given() {
        Map<String, Number> all = new TreeMap<>();
        all.put("prune-probability", pruneProbability);
        all.put("anneal-from", annealFrom);
        all.put("pool-share", poolShare);
        all.put("groups", groups);
        all.put("window-scale", windowScale);
        all.put("hard-cutoff", hardCutoff);
        all.put("strata", strata);
        all.put("temperature", temperature);
        Map<String, Double> given = new TreeMap<>();
        all.forEach((name, value) -> {
            if (value != null) {
                given.put(name, value.doubleValue());
            }
        });
        return given;
    }

    private double parameter(String name) {
        return given().getOrDefault(name, POLICIES.get(policy).get(name));
    }

    /** The policy, with its usual parameters where none were given. */
    SelectionPolicy policy() {
        return switch (policy) {
            case "uniform" -> new Uniform();
            case "cyclic" -> new Cyclic();
            case "infobatch" -> new InfoBatch(parameter("prune-probability"), parameter("anneal-from"));
            case "orderdp" -> new OrderDp(poolShare == null ? OptionalDouble.empty() : OptionalDouble.of(poolShare));
            case "seta" ->
                new SeTa(
                        parameter("prune-probability"),
                        (int) parameter("groups"),
                        parameter("window-scale"),
                        parameter("anneal-from"));
            case "ccs" -> new CoverageCentric(parameter("hard-cutoff"), (int) parameter("strata"));
            case "rcap" -> new Rcap(parameter("temperature"));
            case "importance" -> new Importance();
            case "hard" -> new Extreme(true);
            case "easy" -> new Extreme(false);
            default -> throw new IllegalStateException("--policy was not checked: " + policy);
        };
    }

    /** The ratio of each epoch; 1 where the policy takes none. */
    RatioSchedule ratios() {
        return ratioSchedule == null
                ? RatioSchedule.constant(ratio == null ? 1 : ratio)
                : RatioSchedule.parse(ratioSchedule);
    }

    OptionalInt epochs() {
        return epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs);
    }

    int clusters() {
        return clusters == null ? SubsetRequest.Classes.USUAL_CLUSTERS : clusters;
    }

    SubsetRequest request() {
        return new SubsetRequest(
                new SubsetRequest.Policy(policy(), resolved()),
                new SubsetRequest.Size(ratios(), Optional.ofNullable(ratioSchedule)),
                epochs(),
                Optional.ofNullable(lossesEpoch),
                columns,
                new SubsetRequest.Classes(classes, clusters()));
    }

    private Map<String, Double> resolved() {
        Map<String, Double> resolved = new TreeMap<>();
        POLICIES.get(policy).keySet().stream()
                .filter(name -> !Double.isNaN(parameter(name)))
                .forEach(name -> resolved.put(name, parameter(name)));
        return resolved;
    }
}
