"""A standalone cluster of a stock Spark: workers that come late and leave, executors that die, copies of tasks: the same bits."""

# needs: torch spark demo
# only when named: it takes ten minutes
from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import rela
import sparkcluster
import stock

PICTURES = stock.WORK / "pictures"
# The demo's pictures so many times: there has to be time for what is to happen meanwhile.
COPIES = 10
BRIEF = "RELA_BRIEF" in os.environ
# Copies of every task that takes longer than most.
SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.quantile": 0.1,
    "spark.speculation.multiplier": 1.0,
    "spark.speculation.minTaskRuntime": "10ms",
    "spark.speculation.interval": "10ms",
}
DYNAMIC = {
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
    "spark.dynamicAllocation.minExecutors": 0,
    "spark.dynamicAllocation.initialExecutors": 0,
    "spark.dynamicAllocation.executorIdleTimeout": "1s",
}


def tables(home: Path) -> int:
    """Number of tables' files below a home, hidden ones included."""
    return sum(name.endswith(".parquet") for _, _, names in os.walk(home) for name in names)


def waves(home: Path) -> int:
    """Number of files of features that a conversion has made so far."""
    return tables(home / ".rela/convert/features")


def events(folder: Path) -> list[dict]:
    """What has happened in the applications whose logs are in a folder."""
    return [json.loads(line) for log in folder.iterdir() for line in log.read_text().splitlines()]


def logged(name: str) -> tuple[Path, dict[str, object]]:
    """A folder for an application's events, and the settings that have them written there."""
    folder = stock.WORK / f"events-{name}"
    folder.mkdir()
    return folder, {"spark.eventLog.enabled": "true", "spark.eventLog.dir": folder.as_uri()}


def many(folder: Path) -> None:
    """Makes the folder of pictures of another one, each several times."""
    for picture in filter(Path.is_file, folder.rglob("*")):
        place = PICTURES / picture.parent.relative_to(folder)
        place.mkdir(parents=True, exist_ok=True)
        for copy in range(COPIES):
            shutil.copy(picture, place / f"{copy}-{picture.name}")


def convert(home: Path) -> tuple[object, ...]:
    """Command line of a conversion in ten waves."""
    return stock.convert(PICTURES, home, wave=64 * COPIES)


with sparkcluster.Cluster() as cluster:
    many(Path(os.environ["RELA_PICTURES"]))
    local = stock.WORK / "home"
    alone = stock.Spark("--master", "local[2]")
    alone.run(*convert(local))
    alone.run(*stock.distill(local))
    LOCAL = rela.open(local)
    first = cluster.worker()

    # A worker that is added late; then the first one's executor dies.
    home = stock.WORK / "late"
    done: list[str] = []

    def late(process: subprocess.Popen) -> None:
        if stock.awaited(lambda: bool(sparkcluster.executors(first)), process):
            added = cluster.worker()
            if stock.awaited(lambda: bool(sparkcluster.executors(added)), process):
                os.kill(sparkcluster.executors(first)[0], signal.SIGKILL)
                done.append("late")

    cluster.spark().run(*convert(home), "--partitions", 8, during=late)
    assert done == ["late"], "the conversion ended before a worker was added"

    def killing(process: subprocess.Popen) -> None:
        if stock.awaited(lambda: tables(home) > before and sparkcluster.executors(first), process):
            os.kill(sparkcluster.executors(first)[0], signal.SIGKILL)
            done.append("killed")

    before = tables(home)
    cluster.spark().run(*stock.distill(home), during=killing)
    assert done == ["late", "killed"], "the scoring ended before an executor was killed"
    stock.whole(home, LOCAL)
    print("a worker added late, an executor killed in convert and in distill: the same bits", flush=True)

    # Workers that are to be taken away, in convert and in distill.
    home = stock.WORK / "leaving"

    def leave(worker: subprocess.Popen, begun: Callable[[], bool]) -> Callable[[subprocess.Popen], None]:
        def during(process: subprocess.Popen) -> None:
            if stock.awaited(lambda: begun() and bool(sparkcluster.executors(worker)), process):
                worker.send_signal(signal.SIGPWR)
                cluster.worker()
                if stock.awaited(lambda: not sparkcluster.executors(worker), process):
                    done.append("left")

        return during

    leaving = cluster.spark({**sparkcluster.DECOMMISSION, "spark.storage.decommission.replicationReattemptInterval": "1s"})
    leaving.run(*convert(home), during=leave(first, lambda: waves(home) >= 1))
    there = tables(home)
    leaving.run(*stock.distill(home), during=leave(cluster.workers[1], lambda: tables(home) > there))
    assert done[2:] == ["left", "left"], f"{done}: a command ended before its executor"
    stock.whole(home, LOCAL)
    print("SIGPWR to a worker in convert and in distill: the same bits", flush=True)

    # A driver on a worker, by the line of jobs/.
    home = stock.WORK / "driver"
    conf = stock.WORK / "cluster.conf"
    lines = [f"{name} {value}\n" for name, value in stock.SIZES.items()]
    conf.write_text((stock.ROOT / "conf/spark-cpu.conf").read_text() + "".join(lines))
    env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "CONF": conf, "DEPLOY_MODE": "cluster", "JAR": os.environ["RELA_JAR"]}
    for words in (convert(home), stock.distill(home)):
        result = stock.WORK / f"{words[0]}.json"
        line = [stock.ROOT / "jobs/standalone.sh", cluster.url, *map(str, words), "--result-file", result]
        ended = subprocess.run(line, capture_output=True, text=True, env=env, timeout=stock.SECONDS)
        assert ended.returncode == 0, ended.stderr[-3000:]
        assert json.loads(result.read_text())["exit"] == 0, result.read_text()
    stock.whole(home, LOCAL)
    print("jobs/standalone.sh with a driver in the cluster: the same bits", flush=True)

    # An executor that stands still for good: others take its tasks over, and nothing is there twice.
    home = stock.WORK / "copies"
    folder, log = logged("copies")
    stopped: list[int] = []

    def stand_still(process: subprocess.Popen) -> None:
        if stock.awaited(lambda: waves(home) >= 1 and len(cluster.executors()) >= 2, process):
            stopped.append(cluster.executors()[0])
            os.kill(stopped[0], signal.SIGSTOP)

    copying = cluster.spark({**SPECULATION, **log})
    try:
        copying.run(*convert(home), "--partitions", 8, during=stand_still)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(stopped[0], signal.SIGKILL)
    ends = [event for event in events(folder) if event["Event"] == "SparkListenerTaskEnd"]
    copies = [event for event in ends if event["Task Info"]["Speculative"]]
    won = sum(event["Task End Reason"]["Reason"] == "Success" for event in copies)
    assert won, f"{len(copies)} copies of tasks, none of which was first"
    copying.run(*stock.distill(home), "--partitions", 8)
    stock.whole(home, LOCAL)
    print(f"speculation: {len(copies)} copies of tasks, {won} of them first: the same bits", flush=True)

    if not BRIEF:
        home = stock.WORK / "dynamic"
        folder, log = logged("dynamic")
        dynamic = cluster.spark({**DYNAMIC, **log})
        dynamic.run(*convert(home))
        dynamic.run(*stock.distill(home))
        order = [event["Event"] for event in events(folder)]
        added = order.count("SparkListenerExecutorAdded")
        assert order.index("SparkListenerJobStart") < order.index("SparkListenerExecutorAdded"), (
            "there was one before it was wanted"
        )
        stock.whole(home, LOCAL)
        print(f"dynamic allocation from 0, {added} executors added: the same bits", flush=True)

print("a late worker, two killed executors, two workers taken away, a driver in the cluster, copies of tasks: the same bits")
