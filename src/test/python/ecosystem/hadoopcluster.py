"""HDFS and YARN, as HadoopCluster.java starts them of jars in Maven's repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import rela
import stock

JARS = (
    "org.apache.hadoop:hadoop-client-minicluster:3.3.4",
    "junit:junit:4.13.2",
    "org.bouncycastle:bcprov-jdk15on:1.68",
    "org.bouncycastle:bcpkix-jdk15on:1.68",
)


class Hadoop:
    """HDFS and YARN in a process of their own. Use as a context."""

    def __enter__(self) -> Hadoop:
        folder = stock.WORK / "hadoop"
        folder.mkdir()
        self.path = ":".join([*map(str, stock.jars(*JARS)), f"{os.environ['SPARK_HOME']}/jars/*"])
        log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            ["java", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-Xmx768m", "-cp", self.path]
            + [stock.ROOT / "src/test/python/ecosystem/HadoopCluster.java", "."],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
        )
        self.conf = folder / "conf"
        assert stock.awaited(self.conf.exists, self.process), (folder / "log").read_text()[-3000:]
        sites = (self.conf / "core-site.xml").read_text()
        self.uri, self.web = (
            re.search(rf"<name>{name}</name>\s*<value>([^<]*)", sites)[1]
            for name in ("fs.defaultFS", "dfs.namenode.http-address")
        )
        return self

    def __exit__(self, *failure: object) -> None:
        stock.end(self.process)

    def java(self, *words: object) -> None:
        """Runs one of Hadoop's own programs."""
        command = ["java", "-cp", f"{self.conf}:{self.path}", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr[-3000:])

    def shell(self, *words: object) -> None:
        """A command of the file system's shell."""
        self.java("org.apache.hadoop.fs.FsShell", *words)

    def spark(self) -> stock.Spark:
        """A Spark in one process that finds this HDFS."""
        return stock.Spark("--master", "local[2]", "--properties-file", "conf/spark-cpu.conf", HADOOP_CONF_DIR=self.conf)

    def fill(self, pictures: Path, model: Path) -> None:
        """Puts pictures and a model there."""
        self.shell("-mkdir", "/models", "/lake")
        self.shell("-put", pictures, "/pictures")
        self.shell("-put", model, "/models/prior.pt")

    def files(self, path: str) -> int:
        """Number of files below a folder; 0 where there is none."""
        try:
            with urllib.request.urlopen(f"http://{self.web}/webhdfs/v1{path}?op=GETCONTENTSUMMARY", timeout=60) as answer:
                return json.load(answer)["ContentSummary"]["fileCount"]
        except urllib.error.HTTPError:
            return 0

    def check(self, name: str, other: rela.Home) -> None:
        """The home of this name has the bits of another, and nothing beside."""
        copy = stock.WORK / f"copy-{name}"
        self.shell("-get", f"/lake/{name}", copy)
        stock.whole(copy, other)
        shutil.rmtree(copy)
