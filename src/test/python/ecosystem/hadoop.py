"""A home on HDFS, by stock Spark and by YARN: the bits of a local one, after kills, a full quota and the death of an executor."""

# needs: torch spark demo
from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import hadoopcluster
import rela
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
BRIEF = "RELA_BRIEF" in os.environ
SIZES = {
    "spark.driver.memory": "768m",
    "spark.executor.memory": "768m",
    "spark.executor.memoryOverhead": "768m",
    "spark.executor.cores": 1,
    "spark.executor.instances": 2,
}


with hadoopcluster.Hadoop() as hadoop:
    spark = hadoop.spark()
    local = stock.WORK / "home"
    spark.run(*stock.convert(f"file://{PICTURES}", f"file://{local}", f"file://{stock.MODEL}"))
    spark.run(*stock.distill(f"file://{local}", f"file://{stock.MODEL}"))
    LOCAL = rela.open(local)
    hadoop.fill(PICTURES, stock.MODEL)

    def convert(name: str) -> tuple[object, ...]:
        return stock.convert("/pictures", f"{hadoop.uri}/lake/{name}", f"{hadoop.uri}/models/prior.pt")

    def distill(name: str) -> tuple[object, ...]:
        return stock.distill(f"{hadoop.uri}/lake/{name}", "/models/prior.pt")

    seen = [0]

    def watch(process: subprocess.Popen) -> None:
        while process.poll() is None:
            seen.append(hadoop.files("/lake/quiet"))
            time.sleep(0.02)

    spark.run(*convert("quiet"), during=watch)
    spark.run(*distill("quiet"))
    hadoop.check("quiet", LOCAL)
    print(f"undisturbed: the same bits; at most {max(seen)} files during the conversion", flush=True)

    # The last of them comes with the commit.
    moments = [max(seen)] if BRIEF else [1, max(seen) // 3, max(seen) * 2 // 3, max(seen) - 1, max(seen)]
    killed = 0
    for files in moments:
        name = f"killed{files}"
        killed += spark.kill(*convert(name), when=lambda name=name, files=files: hadoop.files(f"/lake/{name}") >= files)
        spark.run(*convert(name), "--wait-lock", 120)
        if not BRIEF:
            before = hadoop.files(f"/lake/{name}")
            killed += spark.kill(*distill(name), when=lambda name=name, before=before: hadoop.files(f"/lake/{name}") > before + 1)
        spark.run(*distill(name), "--wait-lock", 120)
        hadoop.check(name, LOCAL)
    assert killed, "no command was killed before it ended"
    print(f"{killed} kills: the same bits, and nothing left", flush=True)

    # A quota of names that is full in the midst, and one of space that is full at once.
    hadoop.shell("-mkdir", "/lake/full")
    for quota, clear in (("-setQuota", "-clrQuota"), ("-setSpaceQuota", "-clrSpaceQuota")):
        hadoop.java("org.apache.hadoop.hdfs.tools.DFSAdmin", quota, 12, "/lake/full")
        said = spark.run(*convert("full"), code=3)
        message = re.findall(r"(?m)^rela convert: .*", said)
        assert len(message) == 1 and "quota" in message[0].lower(), said[-3000:]
        hadoop.java("org.apache.hadoop.hdfs.tools.DFSAdmin", clear, "/lake/full")
    spark.run(*convert("full"))
    spark.run(*distill("full"))
    hadoop.check("full", LOCAL)
    print(f"full quotas: code 3, and the same command goes on: {message[0]}", flush=True)

    # Driver and executors in YARN's containers.
    settings = itertools.chain.from_iterable(("--conf", f"{name}={value}") for name, value in SIZES.items())
    yarn = stock.Spark(
        "--master",
        "yarn",
        "--deploy-mode",
        "cluster",
        "--properties-file",
        "conf/spark-cpu.conf",
        *settings,
        HADOOP_CONF_DIR=hadoop.conf,
    )
    ended = []

    def end_one(process: subprocess.Popen) -> None:
        executors: list[int] = []

        def come() -> bool:
            executors[:] = stock.below(hadoop.process.pid, "org.apache.spark.executor.YarnCoarseGrainedExecutorBackend")
            return len(executors) == 2 and hadoop.files("/lake/yarn") >= 3

        if stock.awaited(come, process):
            os.kill(executors[0], signal.SIGKILL)
            ended.append(executors[0])

    yarn.run(*convert("yarn"), during=end_one)
    assert ended, "no executor was killed"
    yarn.run(*distill("yarn"))
    hadoop.check("yarn", LOCAL)
    print("YARN in cluster mode, an executor killed: the same bits")
