package io.rela.cli.options;

import io.rela.Flag;
import io.rela.select.Parameter;
import io.rela.select.PolicyDeclaration;
import io.rela.select.SelectionPolicies;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Options for the parameters that policies declare. One thread. */
public final class PolicyOptions {
    /** By the parameters' names; each keeps the number that it was given. */
    private final Map<String, OptionSpec> options = new LinkedHashMap<>();

    /** The policies' names, for help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return SelectionPolicies.all().stream().map(PolicyDeclaration::name).iterator();
        }
    }

    void addTo(CommandSpec command) {
        SelectionPolicies.byParameter().forEach((name, policies) -> options.put(name, option(name, policies)));
        List<OptionSpec> others = List.copyOf(command.options());
        options.values().forEach(command::addOption);
        Map<String, IHelpSectionRenderer> sections = command.usageMessage().sectionMap();
        // No group of picocli's: options in one do not take values from a configuration file.
        sections.put(
                UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                help -> help.optionListExcludingGroups(others)
                        + help.createHeading("%nParameters of policies:%n")
                        + help.optionListExcludingGroups(List.copyOf(options.values())));
        Map<String, String> rules = new LinkedHashMap<>();
        for (PolicyDeclaration policy : SelectionPolicies.all()) {
            rules.put(policy.name(), policy.rule());
        }
        sections.put(
                UsageMessageSpec.SECTION_KEY_FOOTER,
                help -> help.footer()
                        + help.createHeading("%nPolicies, in which u is a random number, of sample and epoch:%n")
                        + help.createTextTable(rules));
    }

    private static OptionSpec option(String name, List<PolicyDeclaration> policies) {
        Parameter first = policies.get(0).parameter(name).orElseThrow();
        return OptionSpec.builder(Flag.of(name))
                .type(first.type() == Parameter.Type.WHOLE ? Integer.class : Double.class)
                .paramLabel(first.symbol())
                .description(policies.stream()
                        .map(policy -> describe(policy, policy.parameter(name).orElseThrow()))
                        .toArray(String[]::new))
                .build();
    }

    private static String describe(PolicyDeclaration policy, Parameter parameter) {
        return ("of " + policy.name() + ": " + parameter.meaning() + ", "
                        + parameter.range().text() + " (default "
                        + parameter.usual().text() + ")")
                .replace("%", "%%");
    }

    /**
     * Notes numbers that are out of range, or that the policy does not take.
     *
     * @param policy that was asked for; empty when there is none of that name
     */
    public void check(Problems problems, Optional<PolicyDeclaration> policy) {
        Map<String, List<PolicyDeclaration>> all = SelectionPolicies.byParameter();
        options.forEach((name, option) -> {
            Number value = option.getValue();
            if (value == null) {
                return;
            }
            Parameter parameter = policy.flatMap(declared -> declared.parameter(name))
                    .orElseGet(() -> all.get(name).get(0).parameter(name).orElseThrow());
            parameter
                    .problem(value.doubleValue())
                    .ifPresent(problem -> problems.add(Flag.of(name) + " " + value + ": " + problem));
            policy.filter(declared -> declared.parameter(name).isEmpty())
                    .ifPresent(declared ->
                            problems.add(Flag.of(name) + " is no parameter of " + Flag.POLICY + " " + declared.name()
                                    + ", which has "
                                    + declared.parameters().stream()
                                            .map(Parameter::name)
                                            .toList()
                                    + ": leave it out"));
        });
    }

    /** The numbers that were given, by the parameters' names. */
    public Map<String, Double> given() {
        Map<String, Double> given = new TreeMap<>();
        options.forEach((name, option) -> {
            Number value = option.getValue();
            if (value != null) {
                given.put(name, value.doubleValue());
            }
        });
        return given;
    }
}
