package io.rela.home;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Manifest;
import org.apache.hadoop.conf.Configuration;

/**
 * A home that a command reads and does not change. Immutable.
 *
 * @param home the same
 * @param manifest of it, as it was opened
 * @param conversion the newest one
 */
public record FinishedHome(DatasetHome home, Manifest manifest, ConversionRecord conversion) {
    /**
     * Opens a home.
     *
     * @param setting that names it, for messages
     * @throws RelaException when it is no home, unfinished or damaged
     */
    public static FinishedHome open(String setting, String uri, Configuration conf) {
        DatasetHome home = DatasetHome.at(uri, conf);
        Manifest manifest = home.manifest();
        String what = setting + " " + home.root();
        ConversionRecord conversion = manifest.newest(ConversionRecord.class)
                .orElseThrow(() -> new RelaException(
                        ExitCode.HOME,
                        what + " is no dataset home: its manifest.json has no record of a convert. Make one with"
                                + " convert."));
        if (home.isCutOff()) {
            throw new RelaException(
                    ExitCode.HOME, what + ": a commit was cut off. Run the convert again, which completes it.");
        }
        return new FinishedHome(home, manifest, conversion);
    }
}
