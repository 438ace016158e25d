"""A home on HDFS, by stock Spark and by YARN: the bits of a local one, after kills, a full quota and the death of an executor."""

# needs: torch spark demo
# only when named: it takes nine minutes, and jars that nobody else wants
from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import hadoopcluster
import rela
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
BRIEF = "RELA_BRIEF" in os.environ

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

    spark.run(*convert("quiet"))
    spark.run(*distill("quiet"))
    hadoop.check("quiet", LOCAL)
    print("undisturbed: the same bits", flush=True)

    # When the first wave is there, when the last is, in the commit; then in the first moments of distill.
    features, journal = ".rela/convert/features", ".rela/commit.json"
    moments = [(features, 2)] if BRIEF else [(features, 1), (features, 3), (features, 6), (journal, 1)]
    killed = 0
    for number, (path, files) in enumerate(moments):
        home = f"/lake/killed{number}"
        killed += spark.kill(*convert(f"killed{number}"), when=lambda at=f"{home}/{path}", many=files: hadoop.files(at) >= many)
        spark.run(*convert(f"killed{number}"), "--wait-lock", 120)
        if not BRIEF:
            killed += spark.kill(*distill(f"killed{number}"), when=lambda at=f"{home}/.rela/epoch=0": hadoop.files(at) >= 1)
        spark.run(*distill(f"killed{number}"), "--wait-lock", 120)
        hadoop.check(f"killed{number}", LOCAL)
    assert killed, "no command was killed before it ended"
    print(f"{killed} kills: the same bits, and nothing left", flush=True)

    # A quota of names that is full in the midst, and one of space that is full at once.
    hadoop.shell("-mkdir", "/lake/full")
    for quota, clear in (("-setQuota", "-clrQuota"), ("-setSpaceQuota", "-clrSpaceQuota")):
        hadoop.java("org.apache.hadoop.hdfs.tools.DFSAdmin", quota, 12, "/lake/full")
        said = spark.run(*convert("full"), code=3)
        message = re.findall(r"(?m)^rela convert: .*", said)
        assert len(message) == 1 and "The quota is used up" in message[0], said[-3000:]
        hadoop.java("org.apache.hadoop.hdfs.tools.DFSAdmin", clear, "/lake/full")
    spark.run(*convert("full"))
    spark.run(*distill("full"))
    hadoop.check("full", LOCAL)
    print(f"full quotas: code 3, and the same command goes on: {message[0]}", flush=True)

    # Driver and executors in YARN's containers.
    given = ("--master", "yarn", "--deploy-mode", "cluster", "--properties-file", "conf/spark-cpu.conf")
    sizes = {**stock.SIZES, "spark.executor.instances": 2}
    yarn = stock.Spark(*given, settings=sizes, HADOOP_CONF_DIR=hadoop.conf)
    ended = []

    def end_one(process: subprocess.Popen) -> None:
        executors: list[int] = []

        def come() -> bool:
            executors[:] = stock.below(hadoop.process.pid, "org.apache.spark.executor.YarnCoarseGrainedExecutorBackend")
            return len(executors) == 2 and hadoop.files("/lake/yarn/.rela/convert/features") >= 1

        if stock.awaited(come, process):
            os.kill(executors[0], signal.SIGKILL)
            ended.append(executors[0])

    yarn.run(*convert("yarn"), during=end_one)
    assert ended, "no executor was killed"
    yarn.run(*distill("yarn"))
    hadoop.check("yarn", LOCAL)
    print("YARN in cluster mode, an executor killed: the same bits")
