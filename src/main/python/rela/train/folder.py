"""What a run keeps in its folder: settings, the checkpoint, learners, logged losses, metrics."""

from __future__ import annotations

import fcntl
import io
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import torch

from rela.storage import write_whole
from rela.torch import LossLog, save_learner
from rela.train.failures import BUSY, HOME, SETTINGS, Refusal
from rela.train.trainer import Trainer
from rela.train.views import MEAN, STD


class RunFolder:
    """The folder of a run, on a local file system. Files are whole or not there; one run at a time works in it.

    All but `checkpoint`, `newest_learner` and `write_losses` are for rank 0.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.losses = path / "losses"
        self._lock: io.TextIOWrapper | None = None

    def begin(self, settings: dict[str, Any]) -> None:
        """Takes the folder for a run of these settings; raises Refusal where it is another's."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise Refusal(BUSY, f"--run {self.path}: another bin/train works in it. Wait for it, or name another folder.") from e
        except OSError as e:
            raise Refusal(SETTINGS, f"--run {self.path} cannot be written: {e}. Name another folder.") from e
        file = self.path / "settings.json"
        if not file.exists():
            write_whole(file, json.dumps(settings, indent=1).encode())
        there = json.loads(file.read_text("utf-8"))
        names = sorted(there.keys() | settings.keys())
        differ = [
            f"{name} {there.get(name)}, not {settings.get(name)}" for name in names if there.get(name) != settings.get(name)
        ]
        if differ:
            raise Refusal(
                HOME, f"--run {self.path} was begun with {'; '.join(differ)}. Say as it was, name another folder, or remove it."
            )

    def close(self) -> None:
        """Gives the folder free."""
        if self._lock is not None:
            self._lock.close()

    def checkpoint(self) -> dict[str, Any] | None:
        """What a run that was ended has kept; None where it has come to nothing yet."""
        file = self.path / "checkpoint.pt"
        return torch.load(file, map_location="cpu", weights_only=True) if file.exists() else None

    def write_checkpoint(self, state: dict[str, Any]) -> None:
        """Replaces the checkpoint."""
        out = io.BytesIO()
        torch.save(state, out)
        write_whole(self.path / "checkpoint.pt", out.getvalue())

    def write_metrics(self, rows: list[dict[str, Any]]) -> None:
        """Replaces metrics.parquet: a row an epoch."""
        out = pa.BufferOutputStream()
        # A figure that only later epochs have would be left out by the names of the first one.
        names = list(dict.fromkeys(name for row in rows for name in row))
        pyarrow.parquet.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), out)
        write_whole(self.path / "metrics.parquet", out.getvalue())

    def learner(self, epoch: int) -> Path:
        """The model directory of an epoch's learner."""
        return self.path / f"epoch={epoch}"

    def newest_learner(self, before: int) -> Path | None:
        """The learner of the last epoch before an epoch that has one."""
        made = (self.learner(epoch) for epoch in range(before - 1, -1, -1))
        return next((folder for folder in made if (folder / "learner.pt").exists()), None)

    def write_learner(self, trainer: Trainer, epoch: int) -> None:
        """Writes the network of an epoch."""
        write_learner(trainer, self.learner(epoch))

    def write_losses(self, log: LossLog, first: int, rank: int) -> None:
        """Writes what a rank has logged from a step on, where it has logged something."""
        if log.step > first:
            log.write(self.losses / f"step={first:09}-rank={rank}.parquet")

    def forget_losses(self, step: int) -> None:
        """Removes what was logged at a step and later: those steps are done again, maybe by other ranks."""
        for file in self.losses.glob("step=*.parquet"):
            if int(file.name[5:14]) >= step:
                os.remove(file)


def write_learner(trainer: Trainer, folder: Path) -> None:
    """Writes the network as a model directory of rela, which tells what it wants to see."""
    size = trainer.size
    values = {"engine": "PyTorch", "option.modelName": "learner", "width": size, "height": size, "resize": size}
    values |= {"centerCrop": "true", "normalize": ",".join(map(str, MEAN + STD)), "interpolation": "bilinear"}
    write_whole(folder / "serving.properties", "".join(f"{name}={value}\n" for name, value in values.items()).encode())
    save_learner(trainer.online.net, folder / "learner.pt", size)
