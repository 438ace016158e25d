"""The reference implementation's cache, written from a home: the axes that it makes of it are ours."""

# needs: torch demo
from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import rela
import rela.reference

WORK = Path(os.environ["RELA_WORK"])
CLOSE = 0.9999


def axes(features: np.ndarray, n: int) -> np.ndarray:
    """Targets as the reference computes them, in float64: the n largest axes, ascending, each scaled to variance 1."""
    centred = features.astype(np.float64) - features.mean(0, dtype=np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred / (len(features) - 1))
    reduced = centred @ vectors[:, -n:]
    return (reduced - reduced.mean(0)) / reduced.std(0)


def closeness(home: rela.Home, features: np.ndarray) -> float:
    """The smallest correlation of an axis of the reference with ours; ours descend, and signs are free there."""
    ours = rela.vectors(home.targets()["target"])
    theirs = axes(features, ours.shape[1])[:, ::-1]
    assert theirs.shape == ours.shape, f"{theirs.shape} instead of {ours.shape}"
    return min(abs(np.corrcoef(a, b)[0, 1]) for a, b in zip(theirs.T, ours.T, strict=True))


# With rejects: as many rows as pictures were listed, zeros where one was rejected.
home = rela.open(os.environ["RELA_HOME_DEMO"])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    rela.reference.write(home, WORK / "demo.pt")
assert "4 of 640 pictures were rejected" in str(caught[0].message), caught
cache = rela.reference.read(WORK / "demo.pt")
rejected = home.table("rejects")["index"].to_numpy()
assert len(cache) == home.manifest.conversion.counts.listed and cache.dtype == np.float32
assert np.flatnonzero(~cache.any(1)).tolist() == sorted(rejected.tolist()) and len(rejected) == 4
with_rejects = closeness(home, np.delete(cache, rejected, 0))
assert with_rejects >= CLOSE, f"an axis correlates by {with_rejects} only"

# Without: the reference takes the file as it is.
pictures = shutil.copytree(os.environ["RELA_PICTURES"], WORK / "pictures")
for file in home.table("rejects")["id"].to_pylist():
    (pictures / file).unlink()
words = ["convert", "--input", pictures, "--prior", "builtin:prior", "--dimensions", "32", "--home", WORK / "home"]
subprocess.run([os.environ["RELA_ROOT"] + "/bin/rela", *map(str, words)], check=True, capture_output=True)
home = rela.open(WORK / "home")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    rela.reference.write(home, WORK / "clean.pt")
cache = rela.reference.read(WORK / "clean.pt")
clean = closeness(home, cache)
assert clean >= CLOSE, f"an axis correlates by {clean} only"
# The check can fail: rows in another order give other targets.
assert closeness(home, cache[::-1]) < CLOSE
print(f"32 axes correlate with ours by {min(clean, with_rejects):.6f} or more; {len(rejected)} rejects are rows of zeros")
