"""Two writers of one home on S3, with and without conditional create: what ended with 0 is there, whole, and nothing is mixed.

RELA_WRITERS is the number of rounds. In a round each writer, a `rela batch` of its own, is given one command at the same time.
"""

# needs: s3 spark demo
# only when named: it takes long, and Hadoop's client of 3.5.0 for S3 is 690 MB
from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bucket as buckets
import pyarrow.compute as pc
import rela
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
ROUNDS = int(os.environ.get("RELA_WRITERS", "50"))
RATIOS = (0.25, 0.5)
# Hadoop 3.3 looks, and writes then; 3.5 has the store refuse what is there.
KINDS = {
    3: buckets.JARS,
    4: (
        "org.apache.hadoop:hadoop-aws:3.5.0",
        "software.amazon.awssdk:bundle:2.35.4",
        "software.amazon.s3.analyticsaccelerator:analyticsaccelerator-s3:1.3.1",
    ),
}
DONE, HOME, BUSY = 0, 5, 7


class Writer:
    """A session that runs one command after another. Use as a context."""

    def __init__(self, spark: stock.Spark, ratio: float, name: str) -> None:
        self.spark, self.ratio, self.log = spark, ratio, stock.WORK / f"log-{name}-{ratio}"

    def __enter__(self) -> Writer:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.spark.command, "batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=stock.ROOT,
                env=self.spark.environment,
                text=True,
            )
        return self

    def __exit__(self, *failure: object) -> None:
        self.process.stdin.close()
        stock.end(self.process)

    def run(self, words: tuple[object, ...]) -> int:
        """The code with which a command ends."""
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("rela batch: exit "):
                return int(line.split()[-1])
        raise AssertionError(f"a writer has ended: {self.end()}")

    def end(self) -> str:
        """What it said last."""
        return self.log.read_text()[-3000:]

    def select(self, home: object, epoch: int | str, *more: object) -> tuple[object, ...]:
        """Command line of a subset that only this writer makes."""
        return "select", "--home", home, "--epoch", epoch, "--policy", "uniform", "--ratio", self.ratio, *more


def subsets(home: rela.Home, epochs: set[int] | None = None) -> Iterator[tuple[int, float]]:
    """Each epoch of a home with the ratio that its record tells, once its rows are known to be those of that writer."""
    there = home.manifest.epochs("subsets")
    for epoch in there if epochs is None else sorted(epochs.intersection(there)):
        ratio = home.manifest.of_epoch(epoch)[-1].subset["settings"]["policy"]["ratio"]
        table = home.table(f"subsets/epoch={epoch}")
        expected = REFERENCES[ratio].table(f"subsets/epoch={epoch}", columns=["index"])
        assert table.select(["index"]).sort_by("index") == expected.sort_by("index"), f"epoch {epoch} of {home}"
        if "target" in table.column_names:
            width = home.manifest.conversion.projection["dimensions"]
            assert pc.all(pc.equal(pc.list_value_length(table["target"]), width)).as_py(), f"epoch {epoch} of {home}"
        yield epoch, ratio


def rounds(bucket: buckets.Bucket, spark: stock.Spark, name: str, conditional: bool) -> None:
    """All rounds of one kind of client."""
    home, seen = f"s3a://lake/{name}", Counter()
    bucket.begin(buckets.Faults())
    spark.run(*stock.convert("s3a://lake/pictures", home, "s3a://lake/models/prior.pt"))
    # As trainers do: each subset is that of one writer, whole, or has been replaced.
    reader = stock.Reader(lambda: subsets(bucket.open(name)), pause=0.2)
    reader.start()
    with Writer(spark, RATIOS[0], name) as one, Writer(spark, RATIOS[1], name) as other, ThreadPoolExecutor(2) as both:
        for number in range(ROUNDS):
            epochs = (2 * number, 2 * number + 1 if number % 5 in (0, 1) else 2 * number)
            patient = ("--if-exists", "overwrite", "--wait-lock", 120)
            more = () if number % 5 == 3 else patient
            lines = [writer.select(home, epoch, *more) for writer, epoch in zip((one, other), epochs, strict=True)]
            if number % 5 == 4:
                # A conversion takes all subsets away, and what was selected from the one before must not come after.
                dimensions = 12 if number % 2 else 8
                lines[0] = stock.convert("s3a://lake/pictures", home, "s3a://lake/models/prior.pt", dimensions=dimensions)
                lines[0] += patient
            codes = list(both.map(lambda writer, line: writer.run(line), (one, other), lines))
            found = dict(subsets(bucket.open(name), set(epochs)))
            told = f"round {number}: {codes}, {found}\n{one.end()}\n{other.end()}"
            if number % 5 < 3:
                assert codes == [DONE, DONE] and set(found) == set(epochs), told
                assert len(found) == 1 or found == dict(zip(epochs, RATIOS, strict=True)), told
            elif number % 5 == 3:
                assert codes.count(DONE) == 1 and set(codes) <= {DONE, HOME, BUSY}, told
                assert found == {epochs[0]: RATIOS[codes.index(DONE)]}, told
            else:
                assert codes[0] == DONE and codes[1] in (DONE, HOME, BUSY), told
                assert bucket.open(name).manifest.conversion.projection["dimensions"] == dimensions, told
            seen[tuple(codes)] += 1
    looks = reader.end()
    bucket.check_rest(name)
    assert conditional == (bucket.counts["conditional"] > 0), bucket.counts
    print(f"{name}: {ROUNDS} rounds, exit codes {dict(seen)}, {looks} subsets read meanwhile", flush=True)


with buckets.Bucket() as s3:
    s3.fill(PICTURES, stock.MODEL)
    alone, REFERENCES = stock.Spark("--master", "local[2]"), {}
    for ratio in RATIOS:
        folder = stock.WORK / f"home{ratio}"
        alone.run(*stock.convert(PICTURES, folder))
        alone.run(*Writer(alone, ratio, "reference").select(folder, f"0..{2 * ROUNDS - 1}"))
        REFERENCES[ratio] = rela.open(folder)
    for embedded, jars in KINDS.items():
        conditional = embedded == 4
        rounds(s3, s3.spark(jars, embedded), "conditional" if conditional else "plain", conditional)
print(f"{ROUNDS} rounds each of two writers: every exit 0 has its record and its rows, and nothing is mixed")
