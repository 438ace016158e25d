package io.rela.home;

import io.rela.ExitCode;
import io.rela.RelaException;
import io.rela.manifest.ConversionRecord;
import io.rela.manifest.Manifest;
import org.apache.hadoop.conf.Configuration;

/**
 * A home with a finished conversion, of a command that only reads: it holds no lock, and writes nothing. Driver only.
 *
 * @param name the setting that names it and its path, for messages
 * @param home the folder
 * @param manifest what it says
 * @param conversion the newest
 */
public record FinishedHome(String name, DatasetHome home, Manifest manifest, ConversionRecord conversion) {
    /**
     * Opens it.
     *
     * @param setting that names it
     * @throws RelaException when it is no home, or a commit in it was cut off
     */
    public static FinishedHome open(String setting, String uri, Configuration conf) {
        DatasetHome home = DatasetHome.at(uri, conf);
        String name = setting + " " + home.root();
        Manifest manifest = home.manifest();
        ConversionRecord conversion = manifest.newest(ConversionRecord.class)
                .orElseThrow(
                        () -> new RelaException(
                                ExitCode.HOME,
                                name
                                        + " is no dataset home: its manifest.json has no record of a convert. Make one with convert."));
        if (home.isCutOff()) {
            throw new RelaException(
                    ExitCode.HOME, name + ": a commit was cut off. Run the convert again, which completes it.");
        }
        return new FinishedHome(name, home, manifest, conversion);
    }
}
