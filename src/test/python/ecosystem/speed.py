"""How fast pictures are read for training; prints figures and asserts none. On one core, from memory.

RELA_SPEED_HOME names a home that keeps its pictures, to measure that; else one of photo-sized pictures is made.
"""

# needs: torch kept
from __future__ import annotations

import io
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rela
import torch
from PIL import Image
from rela.pictures import Pictures
from rela.torch import EpochSampler, HomeDataset, ResidentHome

WORK = Path(os.environ["RELA_WORK"])
torch.set_num_threads(1)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def command(*words: object) -> None:
    """Runs bin/rela."""
    subprocess.run([os.environ["RELA_ROOT"] + "/bin/rela", *map(str, words)], check=True, capture_output=True)


def photos() -> Path:
    """A home of 256 pictures of 512 pixels, with the noise of a photo."""
    kept, random = Pictures(rela.open(os.environ["RELA_HOME_KEPT"])), np.random.default_rng(0)
    for row in range(256):
        picture = Image.open(io.BytesIO(kept[row * 2])).convert("RGB").resize((512, 400))
        noisy = np.asarray(picture) + random.normal(0, 12, (400, 512, 3))
        file = WORK / "photos" / str(row % 4) / f"{row}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, quality=85)
    words = ("--input", WORK / "photos", "--prior", "builtin:prior", "--keep-images", "--home", WORK / "home")
    command("convert", *words)
    return WORK / "home"


def rates(samples: int, *works: Callable[[], object]) -> list[float]:
    """Samples per second of this process's processor time, the best of three passes in turn: others' load does not count."""
    best = [float("inf")] * len(works)
    for _ in range(3):
        for number, work in enumerate(works):
            begun = time.process_time()
            work()
            best[number] = min(best[number], time.process_time() - begun)
    return [samples / seconds for seconds in best]


def to_tensor(picture: Image.Image) -> torch.Tensor:
    """The work that both sides have in common."""
    return torch.from_numpy(np.array(picture.resize((224, 224))))


home = rela.open(os.environ.get("RELA_SPEED_HOME") or photos())
kept = Pictures(home)
order = np.random.default_rng(0).permutation(len(home.targets(["index"])))[:512].tolist()
encoded = [kept[row] for row in order]
data = HomeDataset(home, to_tensor)
alone, ours = rates(
    len(order),
    lambda: [to_tensor(Image.open(io.BytesIO(data)).convert("RGB")) for data in encoded],
    lambda: [data[row] for row in order],
)
size = sum(map(len, encoded)) / len(encoded) / 1e3
print(f"kept pictures of {size:.0f} KB: {ours:.0f}/s, Pillow alone {alone:.0f}/s ({ours / alone:.0%})")

demo = rela.open(os.environ["RELA_HOME_KEPT"])
resident, batch = ResidentHome(demo, 32), 128
rows = torch.arange(len(resident.index)).repeat(64)


class All(EpochSampler):
    """An epoch of every sample, many times over: long enough to measure."""

    def set_epoch(self, epoch: int, taken: int = 0) -> None:
        self.epoch = epoch
        self.rows = np.random.default_rng(0).permutation(rows.numpy())
        self.weights = np.ones(len(rows), np.float32)


sampler = All(demo)
sampler.set_epoch(0)
(whole,) = rates(len(rows), lambda: [None for _ in resident.batches(sampler, batch)])
print(f"resident, 32 pixels, batches of {batch}: {whole:,.0f} samples/s; kept {ours:.0f}/s is {ours / alone:.0%} of Pillow alone")
