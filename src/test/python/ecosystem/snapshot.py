"""A reader that polls while a home is converted anew and epochs are selected: one generation each time, or a clear error."""

# needs: torch demo
from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import rela

WORK = Path(os.environ["RELA_WORK"])
HOME = WORK / "home"
# Two generations that differ in pictures, classes and dimensions.
INPUTS = {8: ("cross", "disc", "star"), 12: ("ring", "square")}


def begin(*words: object) -> subprocess.Popen:
    """Starts a command of rela."""
    log = (WORK / "log").open("ab")
    return subprocess.Popen([os.environ["RELA_ROOT"] + "/bin/rela", *map(str, words)], stdout=log, stderr=log)


def convert(dimensions: int) -> tuple[object, ...]:
    """Command line of a generation."""
    words = ("convert", "--input", WORK / f"in{dimensions}", "--prior", "builtin:prior", "--dimensions", dimensions)
    return *words, "--max-rejects", 0.1, "--if-exists", "overwrite", "--home", HOME


def select(epoch: int) -> tuple[object, ...]:
    """Command line of a subset."""
    words = ("select", "--home", HOME, "--epoch", epoch, "--policy", "uniform", "--ratio", 0.5)
    return *words, "--if-exists", "overwrite", "--seed", epoch


def look(home: rela.Home) -> int:
    """Reads all tables of a home and fails if they do not belong together; returns their dimensions."""
    record = home.manifest.conversion
    dimensions = record.projection["dimensions"]
    targets, features = home.targets(), home.table("features")
    wanted = set(INPUTS[dimensions])
    assert set(home.class_names) == wanted == set(targets["label_name"].to_pylist()), "classes of another generation"
    assert len(targets) == len(features) == record.counts.converted, "rows of another generation"
    assert len(home.table("rejects")) == record.counts.rejected, "rejects of another generation"
    assert (targets["index"].to_numpy() == np.sort(features["index"].to_numpy())).all()
    matrix = rela.vectors(targets["target"])
    assert matrix.shape[1] == dimensions == home.table("projection")["output_dimension"][0].as_py(), "axes of another generation"
    for epoch in home.manifest.epochs("subsets"):
        subset = home.subset(epoch)
        rows = np.searchsorted(targets["index"].to_numpy(), subset["index"].to_numpy())
        assert (rela.vectors(subset["target"]) == matrix[rows]).all(), "a subset of another generation"
        assert len(subset) == len(targets) // 2
    return dimensions


for dimensions, classes in INPUTS.items():
    for name in classes:
        shutil.copytree(Path(os.environ["RELA_PICTURES"]) / name, WORK / f"in{dimensions}" / name)
assert begin(*convert(8)).wait() == 0, (WORK / "log").read_text()
begun = rela.open(HOME)
seen, anew, held = [], [], begun
for words in (select(0), convert(12), select(0), convert(8)):
    command = begin(*words)
    while command.poll() is None:
        try:
            # A reader that opens the home anew, and one that goes on with what it had.
            seen.append(look(rela.open(HOME)))
            look(held)
        except rela.WrittenAnew as e:
            anew.append(str(e))
            held = rela.open(HOME)
        with contextlib.suppress(subprocess.TimeoutExpired):
            command.wait(0.02)
    assert command.returncode == 0, (WORK / "log").read_text()
assert set(seen) == {8, 12}, f"generations seen: {set(seen)}"
assert anew, "a reader that held on to a home was never told that it was written anew"
assert all("anew" in message and "Open it again" in message for message in anew), anew
# One that was opened at the beginning, and whose epoch belongs to others now.
for read in (begun.targets, lambda: begun.subset(0), lambda: begun.losses(5)):
    try:
        read()
        raise AssertionError("an old home was read after it was replaced")
    except rela.WrittenAnew:
        pass
print(f"{len(seen)} looks while 4 commands ran: one generation each, {len(anew)} times told that it was written anew, no mixture")
