package io.rela.select;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a policy says of itself: options, help, checks, the settings that tell one subset from another and the table in
 * {@code policies.md} are made of it. Texts are plain ASCII in one line: N is the number of samples, n = floor(N * ratio),
 * u a uniform number of the sample and the epoch. Immutable.
 */
public final class PolicyDeclaration {
    private static final String SIZE_BY_RATIO = "n";

    private final String name;
    private final String rule;
    private final String weight;
    private final String size;
    private final Optional<Parameter> sizedBy;
    private final Optional<Source> source;
    private final Set<Need> needs;
    private final List<Parameter> parameters;
    private final Function<ParameterValues, SelectionPolicy> maker;

    private PolicyDeclaration(Builder parts, Function<ParameterValues, SelectionPolicy> maker) {
        this.name = parts.name;
        this.rule = parts.rule;
        this.weight = parts.weight;
        this.size = parts.size;
        this.sizedBy = parts.sizedBy;
        this.source = parts.source;
        this.needs = parts.needs;
        this.parameters = parts.parameters;
        this.maker = maker;
    }

    /** Begins the declaration of a policy of this name: what users write, and what u is drawn for. */
    static Builder of(String name) {
        return new Builder(name);
    }

    /** The parts of a declaration; what is not said has the value named here. Used once. */
    static final class Builder {
        private final String name;
        private String rule = "";
        private String weight = "1";
        private String size = SIZE_BY_RATIO;
        private Optional<Parameter> sizedBy = Optional.empty();
        private Optional<Source> source = Optional.empty();
        private Set<Need> needs = Set.of();
        private List<Parameter> parameters = List.of();

        private Builder(String name) {
            this.name = name;
        }

        /** What is chosen. */
        Builder rule(String text) {
            rule = text;
            return this;
        }

        /** What the chosen weigh; 1. */
        Builder weight(String text) {
            weight = text;
            return this;
        }

        /** A size that the ratio does not decide; by the ratio. */
        Builder size(String text, Parameter decidedBy) {
            size = text;
            sizedBy = Optional.of(decidedBy);
            return this;
        }

        /** Where the rule was published; nowhere. */
        Builder source(String title, String url) {
            source = Optional.of(new Source(title, url));
            return this;
        }

        /** What it looks at; at nothing but the samples. */
        Builder needs(Need first, Need... more) {
            needs = Collections.unmodifiableSet(EnumSet.of(first, more));
            return this;
        }

        /** What users may set; nothing. */
        Builder parameters(Parameter... all) {
            parameters = List.of(all);
            return this;
        }

        /** How the policy is made of the values of its parameters. */
        PolicyDeclaration madeBy(Function<ParameterValues, SelectionPolicy> maker) {
            return new PolicyDeclaration(this, maker);
        }
    }

    /**
     * A publication.
     *
     * @param title the method's name there
     * @param url of the text
     */
    public record Source(String title, String url) {}

    /** What users write, and what u is drawn for. */
    public String name() {
        return name;
    }

    /** What is chosen. */
    public String rule() {
        return rule;
    }

    /** What the chosen weigh. */
    public String weight() {
        return weight;
    }

    /** How many are chosen. */
    public String size() {
        return size;
    }

    /** Whether the ratio decides how many are chosen. */
    public boolean takesRatio() {
        return sizedBy.isEmpty();
    }

    /** The parameter that decides how many are chosen, where the ratio does not. */
    public Optional<Parameter> sizedBy() {
        return sizedBy;
    }

    /** Where the rule was published. */
    public Optional<Source> source() {
        return source;
    }

    /** Whether the policy looks at this. */
    public boolean needs(Need need) {
        return needs.contains(need);
    }

    /** What the policy looks at, in the order of {@link Need}. */
    public Set<Need> needs() {
        return needs;
    }

    /** What users may set. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** The parameter of this name. */
    public Optional<Parameter> parameter(String wanted) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(wanted))
                .findFirst();
    }

    /**
     * The parameters' values, by name, in the order of {@link #parameters}: those given, and the usual ones of the others. A
     * parameter whose usual value is no number is there only when it was given.
     *
     * @param given by the parameters' names
     * @throws IllegalArgumentException when one is not in its range, or no parameter of this policy
     */
    public Map<String, Double> resolved(Map<String, Double> given) {
        given.forEach((parameter, value) -> parameter(parameter)
                .orElseThrow(() -> new IllegalArgumentException(parameter + " is no parameter of " + name))
                .problem(value)
                .ifPresent(problem -> {
                    throw new IllegalArgumentException(parameter + " " + value + ": " + problem);
                }));
        Map<String, Double> values = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (given.containsKey(parameter.name())) {
                values.put(parameter.name(), given.get(parameter.name()));
            } else if (parameter.usual() instanceof Parameter.Usual.Value usual) {
                values.put(parameter.name(), usual.value());
            }
        }
        return values;
    }

    /**
     * The policy with these values, and the usual ones for parameters that were not given.
     *
     * @param given by the parameters' names
     * @throws IllegalArgumentException when one is not in its range, or no parameter of this policy
     */
    public SelectionPolicy make(Map<String, Double> given) {
        return maker.apply(new ParameterValues(resolved(given)));
    }
}
