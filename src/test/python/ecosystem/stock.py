"""What rows share that submit to a stock Spark: its command line, the jars that it lacks, and homes to compare."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import rela

ROOT, WORK = Path(os.environ["RELA_ROOT"]), Path(os.environ["RELA_WORK"])
MODEL = ROOT / "src/test/resources/models/features16.pt"
TABLES = ("features", "targets", "rejects", "losses/epoch=0", "subsets/epoch=0")
SECONDS = 600


def jars(*names: str) -> list[Path]:
    """Copies of jars of Maven's repository on this machine. Where one is missing, the row is skipped."""
    found = []
    for name in names:
        _, artifact, version = name.split(":")
        copy = ["mvn", "-B", "-q", "-o", "dependency:copy", f"-Dartifact={name}", f"-DoutputDirectory={WORK / 'jars'}"]
        if subprocess.run(copy, cwd=ROOT, capture_output=True).returncode:
            print(f"{name} is not in Maven's repository here: mvn dependency:get -Dartifact={name}")
            sys.exit(77)
        found.append(WORK / "jars" / f"{artifact}-{version}.jar")
    return found


def convert(pictures: object, home: object, prior: object = MODEL, wave: int = 128) -> tuple[object, ...]:
    """Command line of a conversion; of the demo's pictures in five waves."""
    view = ("--input-size", 16, "--dimensions", 8, "--max-rejects", 0.1, "--wave-size", wave)
    return "convert", "--input", pictures, "--home", home, "--prior", prior, *view


def distill(home: object, learner: object = MODEL) -> tuple[object, ...]:
    """Command line of epoch 0."""
    chosen = ("--input-size", 16, "--policy", "hard", "--ratio", 0.5)
    return "distill", "--home", home, "--learner", learner, "--epoch", 0, *chosen


class Spark:
    """How commands are submitted: options of spark-submit, and variables of its environment."""

    def __init__(self, *options: object, secret: str = "no secret", **variables: object) -> None:
        self.options = [str(option) for option in options]
        self.secret = secret
        self.variables = {name: str(value) for name, value in variables.items()}

    def begin(self, *words: object, log: Path) -> subprocess.Popen:
        """Starts a command; what it says goes to the log."""
        command = [f"{os.environ['SPARK_HOME']}/bin/spark-submit", *self.options, "--conf", "spark.ui.enabled=false"]
        with log.open("ab") as out:
            command += [os.environ["RELA_JAR"], *map(str, words)]
            return subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env={**os.environ, **self.variables})

    def run(self, *words: object, code: int = 0, during: Callable[[subprocess.Popen], None] | None = None) -> str:
        """Runs a command to its end, which has to be this one; what it said."""
        log = WORK / f"log-{time.monotonic_ns()}"
        process = self.begin(*words, log=log)
        try:
            if during:
                during(process)
            ended = process.wait(timeout=SECONDS)
        finally:
            process.kill()
        said = log.read_text("utf-8", "replace")
        assert ended == code, f"{words} ended with {ended}: {said[-5000:]}"
        assert self.secret not in said, words
        return said

    def kill(self, *words: object, when: Callable[[], bool]) -> bool:
        """Starts a command and kills it once something is so; whether it was killed before it ended."""
        process = self.begin(*words, log=WORK / "log-killed")
        come = awaited(when, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return come


def awaited(condition: Callable[[], bool], process: subprocess.Popen) -> bool:
    """Waits until something is so; False where the process ended before."""
    end = time.monotonic() + SECONDS
    while process.poll() is None:
        if condition():
            return True
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.01)
    return False


def below(parent: int, word: str) -> list[int]:
    """The Java processes that a process has started, directly or not, and whose command line has a word, the oldest first."""
    parents, found = {}, []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                line = (entry / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if line[0].endswith("java") and word in line:
                found.append(int(entry.name))

    def is_below(process: int) -> bool:
        while process in parents and process != parent:
            process = parents[process]
        return process == parent

    return sorted(process for process in found if process != parent and is_below(process))


def bits(table: pa.Table) -> list[pa.Array]:
    """The columns in the order of the index, but for where pictures lie and what they are; of floats, their bits."""
    table = table.sort_by("index")
    columns = []
    for column in table.drop_columns([name for name in table.column_names if name in ("image", "uri")]).columns:
        flat = column.combine_chunks().flatten() if pa.types.is_list(column.type) else column.combine_chunks()
        columns.append(flat.view(pa.int32()) if flat.type == pa.float32() else flat)
    return columns


def same(home: rela.Home, other: rela.Home, tables: tuple[str, ...] = TABLES) -> None:
    """Two homes have the same rows, bit for bit."""
    for table in tables:
        assert bits(home.table(table)) == bits(other.table(table)), f"{table} of {home} differs from that of {other}"


def whole(folder: Path, other: rela.Home) -> None:
    """A home on a local disk has the bits of another, and nothing beside."""
    home = rela.open(folder)
    same(home, other)
    files = sum(len(files) for files in home.manifest.tables.values())
    there = [file for file in folder.rglob("*.parquet")]
    assert len(there) == files, there
    hidden = folder / ".rela"
    left = [file for file in hidden.rglob("*") if file.is_file()] if hidden.exists() else []
    assert not left, left
