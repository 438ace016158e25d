"""bin/train with the real rela, by the commands of src/site/markdown/training.md: killed, gone on, scored, given on."""

# needs: torch demo
from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import rela

ROOT, WORK = Path(os.environ["RELA_ROOT"]), Path(os.environ["RELA_WORK"])
# The commands stand in the document as a person types them, beside bin/.
os.chdir(WORK)
(WORK / "bin").symlink_to(ROOT / "bin")
(WORK / "photos").symlink_to(os.environ["RELA_PICTURES"])
shutil.copytree(os.environ["RELA_HOME_DEMO"], WORK / "photos-rela")
os.environ |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
document = (ROOT / "src/site/markdown/training.md").read_text("utf-8")
blocks = re.findall(r"^```sh\n(.*?)^```", document, re.MULTILINE | re.DOTALL)
commands = [shlex.split(line) for block in blocks for line in block.replace("\\\n", "").splitlines() if line]


def documented(*words: str) -> list[str]:
    """The one command of the document that begins so."""
    (found,) = (command for command in commands if tuple(command[: len(words)]) == words)
    return found


def run(command: list[str]) -> str:
    """What a command says on stdout; it has to end well."""
    done = subprocess.run(command, capture_output=True, text=True)
    said = (done.stdout + done.stderr)[-3000:]
    assert done.returncode == 0, f"{shlex.join(command)} ended with {done.returncode}: {said}"
    return done.stdout


# The demo's own epoch 0 is of another learner.
run(documented("bin/rela", "prune"))
train = documented("bin/train", "--home", "photos-rela", "--run", "run")
with subprocess.Popen(train, stdout=subprocess.PIPE, text=True) as killed:
    first = next(killed.stdout)
    killed.send_signal(signal.SIGKILL)
assert first.startswith("epoch 0: ReLA") and killed.returncode == -signal.SIGKILL, first
said = run(train)
assert said.startswith("goes on in epoch 1, behind 0 steps of it\nepoch 1: "), said
print("killed, and gone on:", *said.splitlines()[-9:], sep="\n", flush=True)
given = dict(zip(train[1::2], train[2::2], strict=True))
epochs, batch_size = int(given["--epochs"]), int(given["--batch-size"])

home = rela.open("photos-rela")
rows = pyarrow.parquet.read_table("run/metrics.parquet").to_pylist()
assert [row["epoch"] for row in rows] == list(range(epochs))
for epoch in range(epochs):
    subset = home.subset(epoch)
    # What the demo distilled is gone, its record stays.
    records = [record for record in home.manifest.of_epoch(epoch) if record.command != "distill"]
    assert len(subset) == int(636 * float(given["--ratio"])), len(subset)
    assert rows[epoch]["samples"] == len(subset) // batch_size * batch_size
    policy = records[-1].subset["settings"]["policy"]["policy"]
    if epoch == 0:
        assert policy == "uniform" and [record.command for record in records] == ["select"], records
        continue
    assert policy == given["--policy"] == "hard" and [record.command for record in records] == ["score", "select"], records
    learner = hashlib.sha256(Path(f"run/epoch={epoch - 1}/learner.pt").read_bytes()).hexdigest()
    settings = records[0].losses["settings"]
    assert settings["learner_sha256"] == learner and settings["view"]["input_size"] == 32, settings
    losses = home.losses(epoch)
    hardest = losses["loss"].to_numpy()[np.isin(losses["index"], subset["index"])].min()
    assert len(losses) == 636 and (losses["loss"].to_numpy() > hardest).sum() < len(subset), "not the hardest"
    assert rows[epoch]["score_seconds"] > 0 and rows[epoch]["select_seconds"] > 0

# Another run takes the subsets that are there, and tells by its log what it trained on.
run([*"bin/train --home photos-rela --run again --net resnet10-w16 --batch-size 10 --switch never".split(),
     *f"--epochs {epochs} --losses logged".split()])  # fmt: skip
logged = pyarrow.parquet.read_table("again/losses").to_pydict()
each = len(home.subset(0)) // 10
for epoch in range(epochs):
    seen = [index for index, step in zip(logged["index"], logged["step"], strict=True) if step // each == epoch]
    assert len(seen) == len(set(seen)) == each * 10 and set(seen) <= set(home.subset(epoch)["index"].to_pylist())
# The next selection lays its losses over those of before: every sample has one, the newest.
before = home.losses(epochs - 1).to_pydict()
run([*"bin/rela select --home photos-rela --policy hard --ratio 0.1 --losses again/losses --epoch".split(), str(epochs)])
newest = dict(sorted(zip(logged["index"], zip(logged["step"], logged["loss"], strict=True), strict=True), key=lambda one: one[1]))
expected = dict(zip(before["index"], before["loss"], strict=True)) | {index: loss for index, (_, loss) in newest.items()}
losses = rela.open("photos-rela").losses(epochs).to_pydict()
assert 0 < len(newest) < len(expected) == 636 and dict(zip(losses["index"], losses["loss"], strict=True)) == expected

# The gift: the learner is a prior.
run(documented("bin/rela", "convert"))
new = rela.open("photos-new")
learner = hashlib.sha256(Path(f"run/epoch={epochs - 1}/learner.pt").read_bytes()).hexdigest()
assert new.manifest.conversion.prior["sha256"] == learner and new.manifest.conversion.settings["view"]["input_size"] == 32
run([*documented("bin/rela", "transport"), "--result-file", "transport.json"])
record = json.loads(Path("transport.json").read_text())
assert record["exit"] == 0 and record["outcome"] == "done", record
print(f"{len(rows)} epochs, killed once; {len(new.targets())} pictures converted by the learner, and compared")
