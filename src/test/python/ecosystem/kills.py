"""Drivers and executors killed at random moments, on four kinds of homes: the same bits, nothing left, nothing half visible.

RELA_KILLS is "COUNT SEED FILE": rounds 0 .. COUNT - 1, each by its number and the seed alone; those in FILE are not done again.
"""

# needs: s3 spark demo
# only when named: bin/soak kills
from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import bucket as buckets
import hadoopcluster
import rela
import sparkcluster
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
COUNT, SEED, FILE = os.environ.get("RELA_KILLS", f"4 0 {stock.WORK / 'kills.jsonl'}").split(maxsplit=2)
JOURNAL = ".rela/commit.json"


class Place:
    """Where homes lie: on a local disk, worked at by one process."""

    pictures: object = PICTURES
    model: object = stock.MODEL

    def __init__(self, spark: stock.Spark) -> None:
        self.spark = spark

    def home(self, name: str) -> object:
        """What --home is given."""
        return stock.WORK / name

    def convert(self, name: str, dimensions: int = 8) -> tuple[object, ...]:
        return stock.convert(self.pictures, self.home(name), self.model, dimensions=dimensions)

    def distill(self, name: str) -> tuple[object, ...]:
        return stock.distill(self.home(name), self.model)

    def committing(self, name: str) -> bool:
        """Whether a commit is under way."""
        return (stock.WORK / name / JOURNAL).exists()

    def open(self, name: str) -> rela.Home:
        """What a reader opens."""
        return rela.open(stock.WORK / name)

    def check(self, name: str, other: rela.Home) -> None:
        """The home is whole, and has nothing that does not belong to it."""
        stock.whole(stock.WORK / name, other)

    def executors(self) -> list[int]:
        """Those to kill, where executors are processes of their own."""
        return []

    def forget(self) -> None:
        """Commits from now on count."""


class Workers(Place):
    """A local disk, worked at by the executors of a standalone cluster."""

    def __init__(self, cluster: sparkcluster.Cluster) -> None:
        super().__init__(cluster.spark())
        self.cluster = cluster

    def executors(self) -> list[int]:
        return self.cluster.executors()


class Lake(Place):
    """An object store. Pictures lie on the local disk: a server in Python takes a minute for them, and it is about homes."""

    def __init__(self, bucket: buckets.Bucket) -> None:
        super().__init__(bucket.spark())
        self.bucket = bucket
        bucket.ask("PUT", "/lake")

    def home(self, name: str) -> object:
        return f"s3a://lake/{name}"

    def committing(self, name: str) -> bool:
        return f"/lake/{name}/{JOURNAL}" in self.bucket.written

    def forget(self) -> None:
        self.bucket.written.clear()

    def open(self, name: str) -> rela.Home:
        return self.bucket.open(name)

    def check(self, name: str, other: rela.Home) -> None:
        self.bucket.check(name, other)


class Hdfs(Place):
    """HDFS; its homes are looked at only when nothing is done there."""

    pictures, model = "/pictures", "/models/prior.pt"

    def __init__(self, hadoop: hadoopcluster.Hadoop) -> None:
        super().__init__(hadoop.spark())
        self.hadoop = hadoop
        hadoop.fill(PICTURES, stock.MODEL)

    def home(self, name: str) -> object:
        return f"{self.hadoop.uri}/lake/{name}"

    def committing(self, name: str) -> bool:
        return self.hadoop.files(f"/lake/{name}/{JOURNAL}") > 0

    def open(self, name: str) -> rela.Home:
        raise FileNotFoundError

    def check(self, name: str, other: rela.Home) -> None:
        self.hadoop.check(name, other)


def looking(place: Place, name: str) -> stock.Reader:
    """Polls a home: each table that is listed is there and whole, or has been replaced."""

    def look() -> Iterator[None]:
        home = place.open(name)
        reference = REFERENCES[home.manifest.conversion.projection["dimensions"]]
        stock.same(home, reference, tuple(table for table in stock.TABLES if table in home.manifest.tables))
        yield

    return stock.Reader(look, pause=0.2)


def strike(place: Place, words: tuple[object, ...], victim: str, when: Callable[[], bool]) -> bool:
    """Runs a command whose driver, or an executor, is killed once something is so; whether it came to that."""
    if victim == "driver":
        return place.spark.kill(*words, when=when)
    others, found, killed = set(place.executors()), [], []

    def come() -> bool:
        found[:] = [executor for executor in place.executors() if executor not in others]
        return bool(found) and when()

    def during(process: subprocess.Popen) -> None:
        if stock.awaited(come, process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])

    place.spark.run(*words, during=during)
    return bool(killed)


def round_(number: int) -> dict[str, object]:
    """One kill, and what comes after it."""
    chance = random.Random(f"{SEED} {number}")
    kind = list(PLACES)[number % len(PLACES)]
    place, name = PLACES[kind], f"round{number}"
    what = chance.choice(["convert", "distill", "overwrite"])
    victim = chance.choice(["driver", "executor"]) if kind == "standalone" else "driver"
    at_commit, share, delay = chance.random() < 1 / 3, chance.random(), chance.random() / (5 if kind == "s3" else 50)
    words, dimensions = place.distill(name) if what == "distill" else place.convert(name), 8
    if what != "convert":
        place.spark.run(*place.convert(name))
    if what == "overwrite":
        place.spark.run(*place.distill(name))
        words, dimensions = (*place.convert(name, dimensions=12), "--if-exists", "overwrite"), 12
    reader = looking(place, name)
    reader.start()
    place.forget()
    begun, seen = time.monotonic(), [0.0]

    def when() -> bool:
        if not at_commit:
            return time.monotonic() - begun > share * DURATIONS[kind, str(words[0])]
        if not seen[0] and place.committing(name):
            seen[0] = time.monotonic()
        return bool(seen[0]) and time.monotonic() - seen[0] > delay

    killed = strike(place, words, victim, when)
    place.spark.run(*words, "--wait-lock", 120)
    if what != "distill":
        place.spark.run(*place.distill(name), "--wait-lock", 120)
    looks = reader.end()
    place.check(name, REFERENCES[dimensions])
    moment = "commit" if at_commit else f"{share:.2f}"
    return {"round": number, "place": kind, "command": what, "victim": victim, "moment": moment, "killed": killed, "looks": looks}


with buckets.Bucket() as s3, hadoopcluster.Hadoop() as hadoop, sparkcluster.Cluster() as cluster:
    cluster.worker(), cluster.worker()
    alone = Place(stock.Spark("--master", "local[2]"))
    REFERENCES = {}
    for dimensions in (8, 12):
        alone.spark.run(*alone.convert(f"home{dimensions}", dimensions))
        alone.spark.run(*alone.distill(f"home{dimensions}"))
        REFERENCES[dimensions] = alone.open(f"home{dimensions}")
    PLACES = {"local": alone, "standalone": Workers(cluster), "s3": Lake(s3), "hdfs": Hdfs(hadoop)}
    DURATIONS: dict[tuple[str, str], float] = {}
    for kind, place in PLACES.items():
        for words in (place.convert(f"quiet-{kind}"), place.distill(f"quiet-{kind}")):
            begun = time.monotonic()
            place.spark.run(*words)
            DURATIONS[kind, str(words[0])] = time.monotonic() - begun
        place.check(f"quiet-{kind}", REFERENCES[8])

    file, wanted = Path(FILE), range(int(COUNT))
    lines = file.read_text().splitlines() if file.exists() else []
    done = [one for one in map(json.loads, lines) if one["round"] in wanted]
    for number in sorted(set(wanted) - {one["round"] for one in done}):
        done.append(round_(number))
        with file.open("a") as out:
            out.write(json.dumps(done[-1]) + "\n")
        print(*done[-1].values(), flush=True)
killed = Counter(one["place"] for one in done if one["killed"])
looks = sum(one["looks"] for one in done)
assert killed and looks, done
assert len(done) < 40 or len(killed) == len(PLACES), killed
print(f"{sum(killed.values())} kills in {COUNT} rounds, {dict(killed)}, {looks} looks: the same bits, and nothing left")
