package io.rela.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rela.manifest.ModelInfo;
import io.rela.run.Figures;
import io.rela.source.Fingerprint;
import java.util.List;
import java.util.Map;

/**
 * All that a report shows but the pictures themselves. Immutable.
 *
 * @param made when, ISO 8601 in UTC: the only thing that differs between two reports of the same homes
 * @param verdict of the home
 * @param home in figures
 * @param strips of pictures
 * @param provenance of the home
 * @param compared the other home; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReportFigures(
        String made, Verdict verdict, HomeFigures home, List<Strip> strips, Provenance provenance, HomeFigures compared)
        implements Figures {
    /**
     * Where a home comes from.
     *
     * @param input URI of the pictures, secrets redacted
     * @param source what was listed
     * @param prior the model
     * @param learners of the epochs that have losses, each once
     * @param versions of the programs that converted, by name
     * @param commands that make again what is there, oldest first
     */
    record Provenance(
            String input,
            Fingerprint source,
            ModelInfo prior,
            List<ModelInfo> learners,
            Map<String, String> versions,
            List<String> commands) {}
}
