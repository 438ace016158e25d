"""Drivers and executors killed at random moments, on four kinds of homes: the same bits, nothing left, nothing half visible.

RELA_KILLS is "COUNT SEED FILE": rounds 0 .. COUNT - 1, each by its number and the seed alone; those in FILE are not done again.
"""

# needs: s3 spark demo
# only when named: bin/soak kills
from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
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

    def convert(self, name: str) -> tuple[object, ...]:
        return stock.convert(self.pictures, self.home(name), self.model)

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

    def executor(self) -> int | None:
        """One to kill, where executors are processes of their own."""
        return None


class Workers(Place):
    """A local disk, worked at by the executors of a standalone cluster."""

    def __init__(self, cluster: sparkcluster.Cluster) -> None:
        super().__init__(cluster.spark())
        self.cluster = cluster

    def executor(self) -> int | None:
        return next((executor for worker in self.cluster.workers for executor in sparkcluster.executors(worker)), None)


class Lake(Place):
    """An object store."""

    pictures, model = "s3a://lake/pictures", "s3a://lake/models/prior.pt"

    def __init__(self, bucket: buckets.Bucket) -> None:
        super().__init__(bucket.spark())
        self.bucket = bucket
        bucket.fill(PICTURES, stock.MODEL)

    def home(self, name: str) -> object:
        return f"s3a://lake/{name}"

    def committing(self, name: str) -> bool:
        return f"/lake/{name}/{JOURNAL}" in self.bucket.written

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


class Reader(threading.Thread):
    """Polls a home by its manifest: each table that is listed is there and whole, or has been replaced."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(daemon=True)
        self.place, self.name_of_home = place, name
        self.looks, self.failure, self.ended = 0, None, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            try:
                home = self.place.open(self.name_of_home)
                stock.same(home, LOCAL, tuple(name for name in stock.TABLES if name in home.manifest.tables))
                self.looks += 1
            except (FileNotFoundError, rela.WrittenAnew):
                continue
            except Exception as e:
                self.failure = e
                return

    def end(self) -> int:
        """Ends it; the number of times that it has seen the home."""
        self.ended.set()
        self.join()
        assert self.failure is None, f"a reader saw something else: {self.failure!r}"
        return self.looks


def strike(place: Place, words: tuple[object, ...], victim: str, when: Callable[[], bool]) -> bool:
    """Runs a command whose driver, or an executor, is killed once something is so; whether it came to that."""
    if victim == "driver":
        return place.spark.kill(*words, when=when)
    killed = []

    def during(process: subprocess.Popen) -> None:
        if stock.awaited(lambda: when() and place.executor() is not None, process):
            killed.append(place.executor())
            os.kill(killed[0], signal.SIGKILL)

    place.spark.run(*words, during=during)
    return bool(killed)


def round_(number: int) -> dict[str, object]:
    """One kill, and what comes after it."""
    chance = random.Random(f"{SEED} {number}")
    kind = list(PLACES)[number % len(PLACES)]
    place, name = PLACES[kind], f"round{number}"
    what = chance.choice(["convert", "distill", "overwrite"])
    victim = chance.choice(["driver", "executor"]) if kind == "standalone" else "driver"
    at_commit, share, delay = chance.random() < 1 / 3, chance.random(), chance.random() / 5
    words = place.distill(name) if what == "distill" else place.convert(name)
    if what == "overwrite":
        words = (*words, "--if-exists", "overwrite")
    if what != "convert":
        place.spark.run(*place.convert(name))
    if what == "overwrite":
        place.spark.run(*place.distill(name))
    reader = Reader(place, name)
    reader.start()
    begun, seen = time.monotonic(), [0.0]

    def when() -> bool:
        if not at_commit:
            return time.monotonic() - begun > share * DURATIONS[kind, "distill" if what == "distill" else "convert"]
        if not seen[0] and place.committing(name):
            seen[0] = time.monotonic()
        return bool(seen[0]) and time.monotonic() - seen[0] > delay

    killed = strike(place, words, victim, when)
    place.spark.run(*words, "--wait-lock", 120)
    if what != "distill":
        place.spark.run(*place.distill(name), "--wait-lock", 120)
    looks = reader.end()
    place.check(name, LOCAL)
    moment = "commit" if at_commit else f"{share:.2f}"
    return {"round": number, "place": kind, "command": what, "victim": victim, "moment": moment, "killed": killed, "looks": looks}


with buckets.Bucket() as s3, hadoopcluster.Hadoop() as hadoop, sparkcluster.Cluster() as cluster:
    cluster.worker(), cluster.worker()
    alone = Place(stock.Spark("--master", "local[2]"))
    alone.spark.run(*alone.convert("home"))
    alone.spark.run(*alone.distill("home"))
    LOCAL = alone.open("home")
    PLACES = {"local": alone, "standalone": Workers(cluster), "s3": Lake(s3), "hdfs": Hdfs(hadoop)}
    DURATIONS: dict[tuple[str, str], float] = {}
    for kind, place in PLACES.items():
        for words in (place.convert("quiet"), place.distill("quiet")):
            begun = time.monotonic()
            place.spark.run(*words)
            DURATIONS[kind, str(words[0])] = time.monotonic() - begun
        place.check("quiet", LOCAL)

    file = Path(FILE)
    done = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    for number in sorted(set(range(int(COUNT))) - {one["round"] for one in done}):
        done.append(round_(number))
        with file.open("a") as out:
            out.write(json.dumps(done[-1]) + "\n")
        print(*done[-1].values(), flush=True)
killed = Counter(one["place"] for one in done if one["killed"])
assert len(done) == int(COUNT) and killed, done
print(f"{sum(killed.values())} kills in {COUNT} rounds, {dict(killed)}: the same bits, and nothing left")
