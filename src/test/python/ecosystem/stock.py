"""What rows share that submit to a stock Spark: its command line, the jars that it lacks, and homes to compare."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import rela

ROOT, WORK = Path(os.environ["RELA_ROOT"]), Path(os.environ["RELA_WORK"])
MODEL = ROOT / "src/test/resources/models/features16.pt"
TABLES = ("projection", "features", "targets", "rejects", "losses/epoch=0", "subsets/epoch=0")
SECONDS = 600
# Executors that fit a small machine; the rest of conf/spark-cpu.conf stands.
SIZES = {
    "spark.driver.memory": "768m",
    "spark.executor.memory": "768m",
    "spark.executor.memoryOverhead": "768m",
    "spark.executor.cores": 1,
}


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


def convert(pictures: object, home: object, prior: object = MODEL, wave: int = 128, dimensions: int = 8) -> tuple[object, ...]:
    """Command line of a conversion; of the demo's pictures in five waves."""
    view = ("--input-size", 16, "--dimensions", dimensions, "--max-rejects", 0.1, "--wave-size", wave)
    return "convert", "--input", pictures, "--home", home, "--prior", prior, *view


def distill(home: object, learner: object = MODEL) -> tuple[object, ...]:
    """Command line of epoch 0."""
    chosen = ("--input-size", 16, "--policy", "hard", "--ratio", 0.5)
    return "distill", "--home", home, "--learner", learner, "--epoch", 0, *chosen


class Spark:
    """How commands are submitted: options of spark-submit, settings, and variables of its environment.

    With `embedded`, 3 or 4, it is the Spark that bin/rela brings, in place of the stock one.
    """

    def __init__(
        self,
        *options: object,
        settings: Mapping[str, object] | None = None,
        secret: str | None = None,
        embedded: int | None = None,
        **variables: object,
    ) -> None:
        given = {"spark.ui.enabled": "false", **(settings or {})}
        self.options = [str(option) for option in options]
        self.options += [part for name, value in given.items() for part in ("--conf", f"{name}={value}")]
        self.secret = secret
        self.environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        self.command = [f"{os.environ['SPARK_HOME']}/bin/spark-submit", *self.options, os.environ["RELA_JAR"]]
        if embedded:
            self.command = [str(ROOT / "bin/rela"), *self.options]
            self.environment["RELA_SPARK"] = str(embedded)
            del self.environment["SPARK_HOME"]

    def begin(self, *words: object, log: Path) -> subprocess.Popen:
        """Starts a command; what it says goes to the log."""
        command = [*self.command, *map(str, words)]
        with log.open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=self.environment)

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
        said = self.said(log)
        assert ended == code, f"{words} ended with {ended}: {said[-5000:]}"
        return said

    def kill(self, *words: object, when: Callable[[], bool]) -> bool:
        """Starts a command and kills it once something is so; whether it was killed before it ended."""
        log = WORK / f"log-killed-{time.monotonic_ns()}"
        process = self.begin(*words, log=log)
        try:
            awaited(when, process)
        finally:
            process.kill()
        self.said(log)
        return process.wait() == -signal.SIGKILL

    def said(self, log: Path) -> str:
        """What a command has said, in which there is no secret."""
        text = log.read_text("utf-8", "replace")
        assert self.secret is None or self.secret not in text, log
        return text


class Reader(threading.Thread):
    """Looks at a home again and again while others write to it; what is not there yet, or has been replaced, is no failure.

    `look` gives something for each table that was found whole, and fails for one that was not.
    """

    def __init__(self, look: Callable[[], Iterable[object]], pause: float) -> None:
        super().__init__(daemon=True)
        self.look, self.pause = look, pause
        self.looks, self.failure, self.ended = 0, None, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(self.pause):
            try:
                for _ in self.look():
                    self.looks += 1
            except (FileNotFoundError, rela.WrittenAnew):
                continue
            except Exception as e:
                self.failure = e
                return

    def end(self) -> int:
        """Ends it; the number of looks that it has had."""
        self.ended.set()
        self.join()
        assert self.failure is None, f"a reader saw something else: {self.failure!r}"
        return self.looks


def awaited(condition: Callable[[], bool], process: subprocess.Popen) -> bool:
    """Waits until something is so; False where the process ended before."""
    end = time.monotonic() + SECONDS
    while process.poll() is None:
        if condition():
            return True
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.01)
    return False


def end(process: subprocess.Popen) -> None:
    """Ends a process, by SIGKILL where it does not go."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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


def bits(table: pa.Table) -> dict[str, pa.Array]:
    """The columns in the order of the index, but for where pictures lie and what they are; of floats, their bits."""
    table = table.sort_by("index") if "index" in table.column_names else table
    columns = {}
    for name in table.column_names:
        if name not in ("image", "uri"):
            column = table[name].combine_chunks()
            flat = column.flatten() if pa.types.is_list(column.type) else column
            columns[name] = flat.view(pa.int32()) if flat.type == pa.float32() else flat
    return columns


def same(home: rela.Home, other: rela.Home, tables: tuple[str, ...] = TABLES) -> None:
    """Two homes have the same rows, bit for bit."""
    for table in tables:
        assert bits(home.table(table)) == bits(other.table(table)), f"{table} of {home} differs from that of {other}"


def left(names: Iterable[str]) -> list[str]:
    """Of the files of a home those that no command should leave. A killed command's lock stays until somebody wants it."""
    hidden = [name for name in names if ".rela/" in name and not name.rpartition("/")[2].startswith("lock")]
    return hidden + [name for name in names if name.endswith(".new")]


def whole(folder: Path, other: rela.Home) -> None:
    """A home on a local disk has the bits of another, and nothing beside."""
    home = rela.open(folder)
    same(home, other)
    names = [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and not file.name.endswith(".crc")]
    listed = sorted(file.path for files in home.manifest.tables.values() for file in files)
    assert sorted(name for name in names if name.endswith(".parquet")) == listed, names
    assert not left(names), left(names)
