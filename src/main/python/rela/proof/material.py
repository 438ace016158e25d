"""What cells train on: pictures, targets of each form and the subsets of chance, made by rela once and kept as arrays."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import rela
from rela.home import vectors
from rela.proof.cells import CONSENSUS, UNTRAINED, Cell, Preset, Prior
from rela.storage import write_whole
from rela.torch import ResidentHome
from rela.train.command import Rela
from rela.train.failures import HOME, SETTINGS, Refusal

SIZE = 32
# Homes beside those of priors: of the test part, and of the targets by which policies choose.
TEST, CHOSEN = "test", "chosen"


@dataclass(frozen=True)
class Wanted:
    """What is to be made: `data` has pictures, `priors` models; `form` is that of the targets by which policies choose."""

    data: Path
    priors: Path
    preset: Preset
    form: str
    cells: Sequence[Cell]


class Material:
    """Arrays below a folder `work`. Only `make` runs rela; cells then only read."""

    def __init__(self, work: Path) -> None:
        self.work, self.arrays = work, work / "arrays"

    def home(self, name: str) -> Path:
        """A home: of a prior, TEST or CHOSEN."""
        return self.work / "homes" / name

    def load(self, name: str) -> np.ndarray:
        """An array: pictures, label, index or features, of the test part as test-pictures, or targets as PRIOR-FORM."""
        return np.load(self.arrays / f"{name}.npy", mmap_mode="r")

    def tensor(self, name: str) -> torch.Tensor:
        """An array in memory of its own."""
        return torch.from_numpy(np.array(self.load(name)))

    def targets(self, cell: Cell) -> torch.Tensor:
        """A cell's targets, N × values; zeros where it looks at none."""
        if not cell.targets:
            return torch.zeros(len(self.load("index")), 1)
        given = np.array(self.load(cell.targets.replace("/", "-"))[:, : cell.values])
        if cell.permuted:
            given = given[np.random.default_rng([cell.seed, 17]).permutation(len(given))]
        return torch.from_numpy(given)

    def chance(self, ratio: float, seed: int, epoch: int) -> np.ndarray:
        """The indices that `select --policy uniform` takes in an epoch."""
        return self.load(_chance(ratio, seed))[epoch]

    def make(self, wanted: Wanted, commands: Rela) -> None:
        """Makes whatever is missing."""
        self.arrays.mkdir(parents=True, exist_ok=True)
        preset = wanted.preset
        for part, each in (("train", preset.train), ("test", preset.test)):
            _link(wanted.data / part, self.work / "pictures" / part, each)
        maker = _Maker(self, wanted, commands)
        if not self._has("test-features"):
            maker.pictures()
        if any(CONSENSUS in cell.targets for cell in wanted.cells) and not self.home(preset.priors[1].name).exists():
            maker.convert(preset.priors[1].name, "axis", preset.most)
        for name in sorted({cell.targets for cell in wanted.cells if cell.targets}):
            prior, _, form = name.partition("/")
            if not self._has(f"{prior}-{form}"):
                maker.targets(prior, form)
        subsets = sorted({(cell.ratio, cell.seed) for cell in wanted.cells if 0 < cell.ratio < 1})
        if subsets or any(cell.policy != "uniform" for cell in wanted.cells):
            maker.convert(CHOSEN, wanted.form, preset.values)
        for ratio, seed in subsets:
            if not self._has(_chance(ratio, seed)):
                maker.chance(ratio, seed)

    def _has(self, name: str) -> bool:
        return (self.arrays / f"{name}.npy").exists()

    def save(self, name: str, values: np.ndarray) -> None:
        """Keeps an array."""
        out = io.BytesIO()
        np.save(out, values)
        write_whole(self.arrays / f"{name}.npy", out.getvalue())


class _Maker:
    """Commands of rela, and what is kept of what they leave."""

    def __init__(self, material: Material, wanted: Wanted, commands: Rela) -> None:
        self.material, self.wanted, self.commands = material, wanted, commands

    def pictures(self) -> None:
        """Pictures, labels and the first prior's features of both parts."""
        first = self.wanted.preset.priors[0].name
        for prefix, name in (("", first), ("test-", TEST)):
            self.convert(name, "axis", self.wanted.preset.most)
            home = rela.open(self.material.home(name))
            loaded = ResidentHome(home, SIZE)
            for column in ("pictures", "index", "label"):
                self.material.save(prefix + column, getattr(loaded, column).numpy())
            self.material.save(f"{prefix}features", vectors(home.table("features").sort_by("index")["feature"]))

    def targets(self, prior: str, form: str) -> None:
        """Targets of a prior in a form."""
        self.convert(prior, form, self.wanted.preset.most)
        home = rela.open(self.material.home(prior))
        self.material.save(f"{prior}-{form}", vectors(home.targets(["target"])["target"]))

    def convert(self, name: str, form: str, values: int) -> None:
        """Makes a home, or makes its targets anew."""
        preset, home = self.wanted.preset, self.material.home(name)
        prior = self._prior(name)
        if name in (CONSENSUS, CHOSEN) and not home.exists():
            # Its features are those of the first prior.
            shutil.copytree(self.material.home(preset.priors[0].name), home)
        other = ["--consensus", self.material.home(preset.priors[1].name)] if name == CONSENSUS else []
        pictures = self.material.work / "pictures" / ("test" if name == TEST else "train")
        model = prior.model
        if prior == UNTRAINED:
            model = self._untrained()
        elif not model.startswith("builtin:"):
            model = self.wanted.priors / model
        said = [
            "--input",
            pictures,
            "--home",
            home,
            "--prior",
            model,
            *prior.view,
            "--dimensions",
            values,
            "--scale",
            form,
            *other,
        ]
        try:
            self.commands.run("convert", *said)
        except Refusal as refusal:
            if refusal.code != HOME:
                raise
            # It holds targets of another form.
            self.commands.run("convert", *said, "--if-exists", "overwrite")

    def _prior(self, name: str) -> Prior:
        known = {prior.name: prior for prior in (*self.wanted.preset.priors, UNTRAINED)}
        return known.get(name, self.wanted.preset.priors[0])

    def _untrained(self) -> Path:
        """A MobileNetV2 of torchvision with fresh weights."""
        import torchvision

        file = self.material.work / UNTRAINED.model
        if not file.exists():
            with torch.random.fork_rng(devices=[]), torch.no_grad():
                torch.manual_seed(0)
                net = torchvision.models.mobilenet_v2(weights=None)
                net.classifier = torch.nn.Identity()
                # It has seen no data: noise sets what its normalisations run on.
                net.train()(torch.randn(64, 3, 96, 96))
                torch.jit.save(torch.jit.freeze(torch.jit.trace(net.eval(), torch.zeros(1, 3, 224, 224))), str(file))
        return file

    def chance(self, ratio: float, seed: int) -> None:
        """The subsets of all epochs by `uniform`."""
        home = self.material.home(_chance(ratio, seed))
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.material.home(CHOSEN), home)
        epochs = range(self.wanted.preset.epochs)
        for epoch in epochs:
            said = ["--home", home, "--epoch", epoch, "--policy", "uniform", "--ratio", ratio, "--seed", seed]
            self.commands.run("select", *said, "--columns", "index")
        opened = rela.open(home)
        chosen = [np.sort(opened.subset(epoch, ["index"])["index"].to_numpy()) for epoch in epochs]
        self.material.save(_chance(ratio, seed), np.stack(chosen))
        shutil.rmtree(home)


def _chance(ratio: float, seed: int) -> str:
    return f"uniform-{ratio}-{seed}"


def _link(source: Path, folder: Path, each: int) -> None:
    """Links to the first pictures of each class, by name."""
    if not source.is_dir():
        raise Refusal(SETTINGS, f"--data has no folder {source}: it needs train/CLASS/*.jpg and test/CLASS/*.jpg")
    for kind in sorted(path for path in source.iterdir() if path.is_dir()):
        (folder / kind.name).mkdir(parents=True, exist_ok=True)
        for picture in sorted(kind.iterdir())[:each]:
            to = folder / kind.name / picture.name
            if not to.exists():
                try:
                    os.link(picture, to)
                except OSError:
                    shutil.copyfile(picture, to)
