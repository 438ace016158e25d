"""A standalone cluster of a stock Spark, each master and worker a process of its own."""

from __future__ import annotations

import os
import re
import subprocess

import stock

EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
DECOMMISSION = {"spark.decommission.enabled": "true", "spark.storage.decommission.enabled": "true"}


class Cluster:
    """A master and workers, each a process of its own. Use as a context."""

    def __enter__(self) -> Cluster:
        self.folder = stock.WORK / "cluster"
        self.folder.mkdir()
        self.workers: list[subprocess.Popen] = []
        self.master = self.start("master.Master", "--port", "0")
        found: list[str] = []

        def come() -> bool:
            found[:] = re.findall(r"Starting Spark master at (spark://\S+)", (self.folder / "master.Master-0.log").read_text())
            return bool(found)

        assert stock.awaited(come, self.master)
        self.url = found[0]
        return self

    def __exit__(self, *failure: object) -> None:
        for process in [*self.workers, self.master]:
            stock.end(process)

    def start(self, name: str, *words: str) -> subprocess.Popen:
        """Starts one of Spark's own daemons, workers each as a host of its own: no host is given two copies of a task."""
        command = [f"{os.environ['SPARK_HOME']}/bin/spark-class", f"org.apache.spark.deploy.{name}"]
        options = " ".join(f"-D{setting}={value}" for setting, value in DECOMMISSION.items())
        env = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_WORKER_OPTS": options}
        with (self.folder / f"{name}-{len(self.workers)}.log").open("wb") as log:
            command += ["--host", f"127.0.0.{len(self.workers) + 1}", "--webui-port", "0", *words]
            return subprocess.Popen(command, stdout=log, stderr=log, env=env)

    def worker(self) -> subprocess.Popen:
        """Adds a worker of one core."""
        place = self.folder / f"worker-{len(self.workers)}"
        process = self.start("worker.Worker", "--cores", "1", "--memory", "2g", "--work-dir", str(place), self.url)
        self.workers.append(process)
        return process

    def spark(self, settings: dict[str, object] | None = None) -> stock.Spark:
        """A Spark that submits to this cluster, with more settings."""
        given = ("--master", self.url, "--properties-file", "conf/spark-cpu.conf")
        return stock.Spark(*given, settings={**stock.SIZES, **(settings or {})}, SPARK_LOCAL_IP="127.0.0.1")

    def executors(self) -> list[int]:
        """The executors of all workers."""
        return [executor for worker in self.workers for executor in executors(worker)]


def executors(worker: subprocess.Popen) -> list[int]:
    """The executors that a worker has now."""
    return stock.below(worker.pid, EXECUTOR)
