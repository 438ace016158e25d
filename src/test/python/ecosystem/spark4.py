"""A Spark 4 makes what a Spark 3.5 makes: targets, losses, subsets and the figures of transport, bit for bit."""

# needs: torch demo
from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import rela
import stock

ROOT, WORK, DEMO = (Path(os.environ[name]) for name in ("RELA_ROOT", "RELA_WORK", "RELA_HOME_DEMO"))
PICTURES = Path(os.environ["RELA_PICTURES"])
LEARNER = ["--epoch", "0", "--learner", "builtin:learner-late"]


def run(spark: str, *words: str | Path) -> None:
    """Runs bin/rela with its own Spark 3.5 in one process, or with its Spark 4 in three."""
    master = "local-cluster[2,1,1024]" if spark == "4" else "local[2]"
    command = [ROOT / "bin/rela", "--master", master, *words]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "RELA_SPARK": spark})
    assert done.returncode == 0, f"{words} on Spark {spark} ended with {done.returncode}: {done.stderr[-2000:]}"


homes, other = {spark: WORK / f"home{spark}" for spark in ("3", "4")}, WORK / "other"
shutil.copytree(DEMO, homes["3"])
pictures = ["convert", "--input", PICTURES, "--prior", "builtin:prior"]
run("3", *pictures, "--home", other, "--dimensions", "8", "--projection", "random")
run("4", *pictures, "--home", homes["4"], "--dimensions", "32")
run("4", "distill", "--home", homes["4"], *LEARNER, "--policy", "uniform", "--ratio", "0.5")
figures = {}
for spark, home in homes.items():
    run(spark, "select", "--home", home, "--epoch", "1", "--policy", "rcap", "--ratio", "0.3")
    result = WORK / f"transport{spark}.json"
    run(spark, "transport", "--home", home, "--other-home", other, "--table", "targets", "--result-file", result)
    figures[spark] = json.loads(result.read_text("utf-8"))["record"]

three, four = (rela.open(homes[spark]) for spark in ("3", "4"))
stock.same(three, four, ("features", "targets", "losses/epoch=0", "subsets/epoch=0", "subsets/epoch=1"))
assert figures["3"] == figures["4"], figures
print("Spark 4 made the features, targets, losses, subsets and maps of Spark 3.5")
