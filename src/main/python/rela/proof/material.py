"""What cells train on: pictures, targets of each form and the subsets of chance, made by rela once and kept as arrays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

import rela
from rela.home import Home, vectors
from rela.proof.cells import PRIORS, UNTRAINED, Cell, Preset
from rela.torch import ResidentHome
from rela.train.command import Rela
from rela.train.failures import SETTINGS, Refusal

SIZE = 32
MOST_VALUES = 512
FORMS = ("axis", "shrink", "none")
VIEW = ["--resize", 224, "--input-size", 224, "--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5"]


class Material:
    """Arrays below a folder `work`. Only `make` runs rela; cells then only read.

    The priors are priors/mobilenet_v2.pt and priors/efficientnet_lite0.pt, which see pictures at 224 × 224 scaled to [−1, 1]; the
    untrained prior is a MobileNetV2 of torchvision with fresh weights.
    """

    def __init__(self, work: Path) -> None:
        self.work, self.arrays = work, work / "arrays"

    def home(self, prior: str) -> Path:
        """The home of a prior; that of PRIORS[0] has the targets by which policies choose."""
        return self.work / "homes" / prior

    def load(self, name: str) -> np.ndarray:
        """An array: pictures, label, index, features, each also with test- before it, or PRIOR-FORM."""
        return np.load(self.arrays / f"{name}.npy", mmap_mode="r")

    def targets(self, cell: Cell) -> torch.Tensor:
        """A cell's targets, N × values; of zeros where it looks at none."""
        if not cell.targets:
            return torch.zeros(len(self.load("index")), 1)
        given = np.array(self.load(cell.targets.replace("/", "-"))[:, : cell.values])
        if cell.permuted:
            given = given[np.random.default_rng([cell.seed, 17]).permutation(len(given))]
        return torch.from_numpy(given)

    def chance(self, ratio: float, seed: int, epoch: int) -> np.ndarray:
        """The indices that `select --policy uniform` takes in an epoch."""
        return np.load(self._chance(ratio, seed))[epoch]

    def _chance(self, ratio: float, seed: int) -> Path:
        return self.arrays / f"uniform-{ratio}-{seed}.npy"

    def make(self, data: Path, priors: Path, preset: Preset, form: str, cells: Iterable[Cell], rela: Rela) -> None:
        """Makes whatever is missing for the cells."""
        self.arrays.mkdir(parents=True, exist_ok=True)
        cells = list(cells)
        for part, each in (("train", preset.train), ("test", preset.test)):
            _link(data / part, self.work / "pictures" / part, each)
        self._pictures(priors, rela)
        forms: dict[str, set[str]] = {}
        for cell in cells:
            if cell.targets:
                prior, _, wanted = cell.targets.partition("/")
                forms.setdefault(prior, set()).add(wanted)
        for prior in sorted(forms, key=lambda name: name == "consensus"):
            for wanted in sorted(forms[prior]):
                if not (self.arrays / f"{prior}-{wanted}.npy").exists():
                    self._convert(prior, wanted, MOST_VALUES, priors, rela)
                    self._save(f"{prior}-{wanted}", vectors(rela_home(self.home(prior)).targets(["target"])["target"]))
        # The home by which policies choose has the targets that their cells are trained on.
        self._convert(PRIORS[0], form, preset.values, priors, rela)
        for ratio, seed in sorted({(cell.ratio, cell.seed) for cell in cells if 0 < cell.ratio < 1}):
            if not self._chance(ratio, seed).exists():
                self._choose(ratio, seed, preset.epochs, rela)

    def _pictures(self, priors: Path, rela: Rela) -> None:
        if not (self.arrays / "test-features.npy").exists():
            self._convert(PRIORS[0], "axis", MOST_VALUES, priors, rela)
            self._convert("test", "axis", MOST_VALUES, priors, rela)
            for prefix, name in (("", PRIORS[0]), ("test-", "test")):
                loaded = ResidentHome(rela_home(self.home(name)), SIZE)
                for column in ("pictures", "index", "label"):
                    self._save(prefix + column, getattr(loaded, column).numpy())
                self._save(f"{prefix}features", vectors(rela_home(self.home(name)).table("features").sort_by("index")["feature"]))

    def _convert(self, prior: str, form: str, values: int, priors: Path, rela: Rela) -> None:
        name = {"test": PRIORS[0], "consensus": PRIORS[0]}.get(prior, prior)
        file = priors / f"{name}.pt"
        if prior == UNTRAINED:
            file = self.work / "untrained.pt"
            if not file.exists():
                _untrained(file)
        home = self.home(prior)
        if prior == "consensus" and not home.exists():
            shutil.copytree(self.home(PRIORS[0]), home)
        if values < MOST_VALUES and prior == PRIORS[0]:
            home = self.home("chosen")
            if not home.exists():
                shutil.copytree(self.home(prior), home)
        more = ["--consensus", self.home(PRIORS[1])] if prior == "consensus" else []
        pictures = self.work / "pictures" / ("test" if prior == "test" else "train")
        said = ["--input", pictures, "--home", home, "--prior", file, *VIEW, "--dimensions", values, "--scale", form]
        rela.run("convert", *said, "--if-exists", "overwrite", *more)

    def _choose(self, ratio: float, seed: int, epochs: int, rela: Rela) -> None:
        home = self.home(f"chance-{ratio}-{seed}")
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.home("chosen"), home)
        for epoch in range(epochs):
            said = ["--home", home, "--epoch", epoch, "--policy", "uniform", "--ratio", ratio, "--seed", seed]
            rela.run("select", *said, "--columns", "index")
        opened = rela_home(home)
        chosen = [np.sort(opened.subset(epoch, ["index"])["index"].to_numpy()) for epoch in range(epochs)]
        self._save(self._chance(ratio, seed).stem, np.stack(chosen))
        shutil.rmtree(home)

    def _save(self, name: str, values: np.ndarray) -> None:
        part = self.arrays / f".{name}.part.npy"
        np.save(part, values)
        part.rename(self.arrays / f"{name}.npy")


def rela_home(folder: Path) -> Home:
    """Opens a home."""
    return rela.open(folder)


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


def _untrained(file: Path) -> None:
    import torchvision

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        net = torchvision.models.mobilenet_v2(weights=None)
        net.classifier = torch.nn.Identity()
        # Its running means are those of no data: a batch of noise sets them.
        net.train()(torch.randn(64, 3, 96, 96))
        torch.jit.save(torch.jit.freeze(torch.jit.trace(net.eval(), torch.zeros(1, 3, 224, 224))), str(file))
