package io.rela.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The tables of policies in the documents are what the policies declare. {@code mvn test -Dtest=PolicyDocumentTest
 * -Ddocuments=write} writes them.
 */
class PolicyDocumentTest {
    private static final Path DOCUMENT = Path.of("src/site/markdown/policies.md");

    @Test
    void theTableOfPoliciesIsWhatTheyDeclare() throws IOException {
        verify("policies", policies());
    }

    @Test
    void theTableOfParametersIsWhatThePoliciesDeclare() throws IOException {
        verify("parameters", parameters());
    }

    private static List<String> policies() {
        List<String> lines = new ArrayList<>();
        lines.add("| policy | chosen | size | weight | looks at | parameters | source |");
        lines.add("| --- | --- | --- | --- | --- | --- | --- |");
        for (PolicyDeclaration policy : SelectionPolicies.all()) {
            lines.add(row(
                    code(policy.name()),
                    policy.rule(),
                    policy.size(),
                    policy.weight(),
                    policy.needs().stream().map(Need::text).collect(Collectors.joining(", ")),
                    policy.parameters().stream()
                            .map(parameter -> code("--" + parameter.name()))
                            .collect(Collectors.joining(" ")),
                    policy.source()
                            .map(source -> "[" + source.title() + "](" + source.url() + ")")
                            .orElse("")));
        }
        return lines;
    }

    private static List<String> parameters() {
        List<String> lines = new ArrayList<>();
        lines.add("| option | of | meaning | range | default |");
        lines.add("| --- | --- | --- | --- | --- |");
        SelectionPolicies.byParameter()
                .forEach((name, policies) -> policies.forEach(policy -> {
                    Parameter parameter = policy.parameter(name).orElseThrow();
                    lines.add(row(
                            code("--" + name + " " + parameter.symbol()),
                            code(policy.name()),
                            parameter.meaning(),
                            parameter.range().text(),
                            parameter.usual().text()));
                }));
        return lines;
    }

    private static String row(String... cells) {
        StringBuilder row = new StringBuilder("|");
        for (String cell : cells) {
            // A star between blanks is no emphasis; a bar ends a cell.
            row.append(' ').append(cell.replace("|", "\\|")).append(cell.isEmpty() ? "|" : " |");
        }
        return row.toString();
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static void verify(String part, List<String> expected) throws IOException {
        String begin = "<!-- " + part + ": made of what the classes in io.rela.select declare -->";
        String end = "<!-- end of " + part + " -->";
        List<String> lines = Files.readAllLines(DOCUMENT);
        int from = lines.indexOf(begin);
        int to = lines.indexOf(end);
        assertThat(from).as(DOCUMENT + " has the line " + begin).isNotNegative();
        assertThat(to).as(DOCUMENT + " has the line " + end).isGreaterThan(from);
        if ("write".equals(System.getProperty("documents"))) {
            List<String> written = new ArrayList<>(lines.subList(0, from + 1));
            written.addAll(expected);
            written.addAll(lines.subList(to, lines.size()));
            Files.write(DOCUMENT, written);
        } else {
            assertThat(lines.subList(from + 1, to))
                    .as(DOCUMENT + "; -Dtest=PolicyDocumentTest -Ddocuments=write writes it anew")
                    .isEqualTo(expected);
        }
    }
}
