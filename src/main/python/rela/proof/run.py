"""Trains one cell, on a CPU in a process of one thread."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch

from rela.proof.cells import Cell, Preset, by_chance
from rela.proof.material import SIZE, Material, subset
from rela.storage import write_whole
from rela.torch import Sample
from rela.train.command import Rela
from rela.train.folder import write_learner
from rela.train.probe import probe
from rela.train.subsets import BLIND
from rela.train.trainer import Settings, Trainer


class Run:
    """A cell's training; `commands` are needed where its subsets are made by what it has learned."""

    def __init__(self, cell: Cell, material: Material, commands: Rela | None, device: str = "cpu") -> None:
        self.cell, self.material, self.commands, self.device = cell, material, commands, device
        names = ("pictures", "index", "label")
        self.pictures, self.index, self.label = (material.tensor(name).to(device) for name in names)
        self.target = material.targets(cell).to(device)
        settings = Settings(
            cell.net,
            cell.method,
            cell.epochs,
            cell.switch,
            transfer=cell.transfer,
            batch_size=cell.batch,
            precision=cell.precision,
            seed=cell.seed,
        )
        self.trainer = Trainer(settings, SIZE, self.target.shape[1], int(self.label.max()) + 1, device)
        self.folder = material.work / "runs" / cell.id
        self.seconds = {"score": 0.0, "select": 0.0}

    def train(self) -> dict[str, object]:
        """All epochs, and what came of them; seconds of training are the processor's on a CPU, else the clock's."""
        cell, begun = self.cell, time.monotonic()
        epochs = [self.epoch() for _ in range(cell.epochs)]
        trained = sum(epoch["cpu_seconds" if self.device == "cpu" else "seconds"] for epoch in epochs)
        top1 = self.probed()
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
            "device": self.device if self.device == "cpu" else torch.cuda.get_device_name(),
        }

    def epoch(self) -> dict[str, object]:
        """Trains the next epoch; returns its figures."""
        return self.trainer.run_epoch(self._batches(self._weights(self.trainer.epoch)))

    def probed(self) -> float:
        """The share of the test part's samples whose class a linear probe of the network's features finds."""
        test = self.trainer.features(self.material.tensor("test-pictures"))
        label = self.material.tensor("test-label").to(self.device)
        return probe((self.trainer.features(self.pictures), self.label), (test, label))

    def _batches(self, weights: np.ndarray):
        cell = self.cell
        rows = np.flatnonzero(weights)
        rows = rows[np.random.default_rng([cell.seed, self.trainer.epoch]).permutation(len(rows))]
        weight = torch.from_numpy(np.array(weights[rows])).to(self.device)
        rows = torch.from_numpy(rows).to(self.device)
        for start in range(0, len(rows) - cell.batch + 1, cell.batch) if len(rows) >= cell.batch else [0]:
            some = rows[start : start + cell.batch]
            samples = self.pictures[some], self.target[some], self.index[some], weight[start : start + cell.batch]
            yield Sample(*samples, self.label[some])

    def _weights(self, epoch: int) -> np.ndarray:
        """What each sample weighs in an epoch: N values, 0 where it is left out."""
        cell = self.cell
        if cell.ratio == 1 or epoch >= cell.epochs - cell.final:
            return np.ones(len(self.index), np.float32)
        if cell.policy in BLIND or cell.proxy:
            return self.material.weights(cell, epoch)
        if not epoch:
            self.material.copy_of_chosen(self.folder / "home")
        if epoch % cell.scored == 0:
            self.score()
        return self.select(cell)

    def score(self) -> None:
        """Computes the losses of all samples in `folder`/home by the network as it is, for the next epoch."""
        learner = self.folder / "learner"
        write_learner(self.trainer, learner)
        said = [*self._said(), "--learner", learner, "--transfer", "fit"]
        self.seconds["score"] += self.commands.run("score", *said)

    def select(self, cell: Cell) -> np.ndarray:
        """Makes the next epoch's subset in `folder`/home as a cell is asked to; returns what each sample weighs."""
        said = ["--policy", cell.policy, "--epochs", cell.epochs, "--columns", "index", *cell.options.split()]
        said += ["--ratio", cell.ratio] if cell.ratio else []
        said += ["--if-exists", "overwrite"]
        self.seconds["select"] += self.commands.run("select", *self._said(), *said)
        return self.material.chosen(self.folder / "home", self.trainer.epoch)

    def _said(self) -> list[object]:
        return ["--home", self.folder / "home", "--epoch", self.trainer.epoch, "--seed", self.cell.seed]


def by_proxy(cells: list[Cell], preset: Preset, material: Material, commands: Rela) -> None:
    """Makes the subsets of cells that choose by the losses of another net, which is trained for it on what chance chooses."""
    missing = {subset(cell): cell for cell in cells if cell.proxy and not material.has(subset(cell))}
    if not missing:
        return
    run = Run(by_chance(next(iter(missing.values()))), material, commands)
    material.copy_of_chosen(run.folder / "home")
    made: dict[str, list[np.ndarray]] = {name: [] for name in missing}
    for _ in range(preset.epochs):
        run.score()
        for name, cell in missing.items():
            made[name].append(run.select(cell))
        run.epoch()
    for name, weights in made.items():
        material.save(name, np.stack(weights))
    shutil.rmtree(run.folder)


def references(material: Material, preset: Preset, device: str, *, nets: bool) -> None:
    """Adds what needs no training to references.json: probes of the first prior's features and of fresh nets, and seconds.

    `seconds` are those of the conversion by the first prior.
    """
    file = material.work / "references.json"
    found = json.loads(file.read_text("utf-8")) if file.exists() else {"seconds": 0.0, "probes": {}}
    probes = found["probes"]
    name = "the prior's own features"
    if name not in probes:
        parts = (tuple(material.tensor(f"{part}{column}") for column in ("features", "label")) for part in ("", "test-"))
        probes[name] = probe(*parts)
        found["seconds"] = float(material.load("seconds"))
    for net in preset.nets if nets else ():
        name = f"{net} before its first step"
        if name not in probes:
            probes[name] = Run(Cell(0, net=net, method="byol", switch="0"), material, None, device).probed()
    write_whole(file, json.dumps(found, indent=1).encode())


def alone() -> None:
    """Sets this process up for cells."""
    torch.set_num_threads(1)
    # A GPU's bits are its own anyway.
    torch.use_deterministic_algorithms(not torch.cuda.is_available())


def run_cell(work: Path, cell: Cell, command: str, device: str) -> None:
    """Runs a cell, and writes its result."""
    material = Material(work)
    commands = Rela(command, work / "logs" / f"{cell.id}.log")
    try:
        result = Run(cell, material, commands, device).train()
    finally:
        commands.close()
    write_whole(work / "cells" / f"{cell.id}.json", json.dumps(result, indent=1).encode())
