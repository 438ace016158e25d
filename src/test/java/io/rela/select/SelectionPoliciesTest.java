package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What policies declare, whatever they choose. */
class SelectionPoliciesTest {
    static Stream<PolicyDeclaration> all() {
        return SelectionPolicies.all().stream();
    }

    @Test
    void thereAreAsManyAsThePolicyPermits() {
        assertThat(SelectionPolicies.all())
                .hasSameSizeAs(SelectionPolicy.class.getPermittedSubclasses())
                .doesNotContainNull();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aPolicyIsMadeOfItsUsualParametersAndKeepsItsDeclaration(PolicyDeclaration declared) {
        assertThat(declared.make(Map.of()).declaration()).isSameAs(declared);
        assertThat(SelectionPolicies.named(declared.name())).containsSame(declared);
    }

    @ParameterizedTest
    @MethodSource("all")
    void textsAreOneLineThatAnyTerminalShows(PolicyDeclaration declared) {
        Stream<String> texts = Stream.concat(
                Stream.of(declared.name(), declared.rule(), declared.size(), declared.weight()),
                declared.parameters().stream()
                        .flatMap(parameter -> Stream.of(
                                parameter.name(),
                                parameter.symbol(),
                                parameter.usual().text(),
                                parameter.meaning())));
        assertThat(texts).isNotEmpty().allSatisfy(text -> assertThat(text).matches("[ -~]+"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void usualValuesLieInTheirRange(PolicyDeclaration declared) {
        Map<String, Double> usual = declared.resolved(Map.of());
        assertThat(declared.resolved(usual)).isEqualTo(usual);
        assertThat(declared.sizedBy().map(Parameter::name).stream()).allMatch(usual::containsKey);
    }

    @Test
    void policiesThatShareAParameterShareItsType() {
        assertThat(SelectionPolicies.byParameter()).containsKey("prune-probability");
        SelectionPolicies.byParameter().forEach((name, policies) -> assertThat(policies.stream()
                        .map(policy -> policy.parameter(name).orElseThrow().type())
                        .distinct())
                .as(name)
                .hasSize(1));
    }

    @Test
    void aSharedParameterHasAUsualValueOfEachPolicy() {
        assertThat(SelectionPolicies.byParameter().get("prune-probability").stream()
                        .map(policy -> policy.resolved(Map.of()).get("prune-probability")))
                .containsExactly(0.5, 0.1);
    }

    @Test
    void whatIsGivenWinsAndADerivedValueIsThereOnlyWhenGiven() {
        PolicyDeclaration ccs = SelectionPolicies.named("ccs").orElseThrow();
        assertThat(ccs.resolved(Map.of("strata", 7.0)))
                .containsExactly(Map.entry("hard-cutoff", 0.1), Map.entry("strata", 7.0));
        PolicyDeclaration orderdp = SelectionPolicies.named("orderdp").orElseThrow();
        assertThat(orderdp.resolved(Map.of())).isEmpty();
        assertThat(orderdp.resolved(Map.of("pool-share", 0.75))).containsExactly(Map.entry("pool-share", 0.75));
    }

    @Test
    void otherParametersAndValuesOutOfRangeAreRefused() {
        PolicyDeclaration ccs = SelectionPolicies.named("ccs").orElseThrow();
        assertThatThrownBy(() -> ccs.make(Map.of("temperature", 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature is no parameter of ccs");
        assertThatThrownBy(() -> ccs.make(Map.of("hard-cutoff", 1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hard-cutoff 1.0: write a number from 0 to below 1");
        assertThatThrownBy(() -> ccs.make(Map.of("strata", 2.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strata 2.5: write a whole number from 1 to 1048576");
    }

    @Test
    void aRangeKnowsItsEnds() {
        assertRange(Interval.from(0).below(1), "from 0 to below 1", List.of(0.0, 0.999), List.of(-0.1, 1.0));
        assertRange(Interval.from(0).to(1), "from 0 to 1", List.of(0.0, 1.0), List.of(-0.1, 1.001));
        assertRange(Interval.above(0).to(1), "above 0, up to 1", List.of(0.001, 1.0), List.of(0.0, 1.001));
        assertRange(Interval.above(0).below(1), "above 0, below 1", List.of(0.5), List.of(0.0, 1.0));
        assertRange(Interval.from(1), "at least 1", List.of(1.0, 1e300), List.of(0.999));
        assertRange(Interval.above(0), "above 0", List.of(Double.MIN_VALUE), List.of(0.0));
    }

    private static void assertRange(Interval range, String text, List<Double> inside, List<Double> outside) {
        assertThat(range.text()).isEqualTo(text);
        assertThat(inside).allMatch(range::holds);
        assertThat(outside).noneMatch(range::holds);
        assertThat(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY))
                .noneMatch(range::holds);
    }

    @ParameterizedTest
    @CsvSource({
        "temperature,0,write a number above 0",
        "temperature,Infinity,write a finite number above 0",
        "groups,0,write a whole number of at least 1",
        "window-scale,1.5,'write a number above 0, up to 1'"
    })
    void aWrongValueIsAnsweredWithWhatToWrite(String name, double value, String demand) {
        Parameter parameter =
                SelectionPolicies.byParameter().get(name).get(0).parameter(name).orElseThrow();
        assertThat(parameter.problem(value)).hasValue(demand);
    }
}
