"""Trains one cell in a process of one thread."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch

import rela
from rela.proof.cells import Cell
from rela.proof.material import CHOSEN, SIZE, Material
from rela.storage import write_whole
from rela.torch import Sample
from rela.train.command import Rela
from rela.train.folder import write_learner
from rela.train.probe import probe
from rela.train.subsets import BLIND
from rela.train.trainer import Settings, Trainer

BATCH = 128


class Run:
    """A cell's training; `commands` are needed where its policy is not chance."""

    def __init__(self, cell: Cell, material: Material, commands: Rela | None) -> None:
        self.cell, self.material, self.commands = cell, material, commands
        self.pictures, self.index, self.label = (material.tensor(name) for name in ("pictures", "index", "label"))
        self.target = material.targets(cell)
        settings = Settings(
            cell.net, cell.method, cell.epochs, cell.switch, transfer=cell.transfer, batch_size=BATCH, seed=cell.seed
        )
        self.trainer = Trainer(settings, SIZE, self.target.shape[1], int(self.label.max()) + 1)
        self.folder = material.work / "runs" / cell.id
        self.seconds = {"score": 0.0, "select": 0.0}

    def train(self) -> dict[str, object]:
        """All epochs, and what came of them; seconds are those of the processor where it is the training's own."""
        cell, begun = self.cell, time.monotonic()
        epochs = [self.trainer.run_epoch(self._batches(epoch)) for epoch in range(cell.epochs)]
        trained = sum(epoch["cpu_seconds"] for epoch in epochs)
        top1 = probe((self.trainer.features(self.pictures), self.label), self.test())
        shutil.rmtree(self.folder, ignore_errors=True)
        return dataclasses.asdict(cell) | {
            "top1": top1,
            "loss": [epoch["loss"] for epoch in epochs],
            "samples": sum(epoch["samples"] for epoch in epochs),
            "rela_steps": sum(epoch["rela_steps"] for epoch in epochs),
            "train_seconds": trained,
            "score_seconds": self.seconds["score"],
            "select_seconds": self.seconds["select"],
            "seconds": time.monotonic() - begun,
        }

    def test(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Features and labels of the test part."""
        return self.trainer.features(self.material.tensor("test-pictures")), self.material.tensor("test-label")

    def _batches(self, epoch: int):
        index, weight = self._chosen(epoch)
        rows = np.searchsorted(self.index.numpy(), index)
        order = np.random.default_rng([self.cell.seed, epoch]).permutation(len(rows))
        rows, weight = torch.from_numpy(rows[order]), torch.from_numpy(weight[order])
        for start in range(0, len(rows) - BATCH + 1, BATCH) if len(rows) >= BATCH else [0]:
            some = rows[start : start + BATCH]
            samples = self.pictures[some], self.target[some], self.index[some], weight[start : start + BATCH]
            yield Sample(*samples, self.label[some])

    def _chosen(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Indices and weights of an epoch's subset."""
        cell = self.cell
        if cell.ratio == 1 or epoch >= cell.epochs - cell.final:
            index = self.index.numpy()
        elif cell.policy == "uniform":
            index = self.material.chance(cell.ratio, cell.seed, epoch)
        else:
            return self._by_policy(epoch)
        return index, np.ones(len(index), np.float32)

    def _by_policy(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        cell, home = self.cell, self.folder / "home"
        if not epoch:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(self.material.home(CHOSEN), home)
        common = ["--home", home, "--epoch", epoch, "--seed", cell.seed]
        if cell.policy not in BLIND and epoch % cell.scored == 0:
            learner = self.folder / "learner"
            write_learner(self.trainer, learner)
            self.seconds["score"] += self.commands.run("score", *common, "--learner", learner, "--transfer", "fit")
        said = ["--policy", cell.policy, "--epochs", cell.epochs, "--columns", "index", *cell.options.split()]
        said += ["--ratio", cell.ratio] if cell.ratio else []
        self.seconds["select"] += self.commands.run("select", *common, *said)
        subset = rela.open(home).subset(epoch, ["index", "weight"]).sort_by("index")
        return subset["index"].to_numpy(), subset["weight"].to_numpy()


def references(material: Material, nets: tuple[str, ...]) -> dict[str, float]:
    """Probes that need no training, by name: of the first prior's own features, and of each net before its first step."""
    train, test = (tuple(material.tensor(f"{part}{name}") for name in ("features", "label")) for part in ("", "test-"))
    found = {"the prior's own features": probe(train, test)}
    for net in nets:
        run = Run(Cell(0, net=net, method="byol", switch="0"), material, None)
        found[f"{net} before its first step"] = probe((run.trainer.features(run.pictures), run.label), run.test())
    return found


def run_cell(work: Path, text: str, command: str) -> None:
    """Runs the cell that a JSON object describes, and writes its result."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cell, material = Cell(**json.loads(text)), Material(work)
    commands = Rela(command, work / "logs" / f"{cell.id}.log")
    try:
        result = Run(cell, material, commands).train()
    finally:
        commands.close()
    write_whole(work / "cells" / f"{cell.id}.json", json.dumps(result, indent=1).encode())
