"""What cells train on: pictures, targets of each form and the subsets of chance, made by rela once and kept as arrays."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import torch
from PIL import Image

import rela
from rela.home import vectors
from rela.pictures import Pictures
from rela.proof.cells import CONSENSUS, FORMS, UNTRAINED_32, Cell, Preset, Prior, by_chance
from rela.storage import write_whole
from rela.torch import ResidentHome, square
from rela.train import nets
from rela.train.command import Rela
from rela.train.failures import HOME, SETTINGS, Refusal
from rela.train.subsets import BLIND

SIZE = 32
ENCODED, SCALES = "encoded.parquet", ".scales.npy"
# Homes beside those of priors: of the test part, and of the targets by which policies choose.
TEST, CHOSEN = "test", "chosen"


@dataclass(frozen=True)
class Wanted:
    """What is to be made: `data` has pictures, `priors` models; `form` is that of the targets by which policies choose.

    Without `data` all homes have to be there.
    """

    data: Path | None
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
        """An array: pictures, label, index or features, of the test part as test-pictures; targets as PRIOR-FORM; `seconds`.

        The last are those of the conversion by the first prior.
        """
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

    def weights(self, cell: Cell, epoch: int) -> np.ndarray:
        """What each sample weighs in an epoch of a subset that was made beforehand: N values, 0 where it is left out."""
        return self.load(subset(cell))[epoch]

    def copy_of_chosen(self, home: Path) -> Path:
        """Makes a copy of the home by whose targets policies choose, which is then given."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.home(CHOSEN), home)
        return home

    def chosen(self, home: Path, epoch: int) -> np.ndarray:
        """What each sample weighs in the subset of an epoch that a home has: N values, 0 where it is left out."""
        index, made = self.load("index"), rela.open(home).subset(epoch, ["index", "weight"])
        weights = np.zeros(len(index), np.float32)
        weights[np.searchsorted(index, made["index"].to_numpy())] = made["weight"].to_numpy()
        return weights

    def make(self, wanted: Wanted, commands: Rela) -> None:
        """Makes whatever is missing."""
        self.arrays.mkdir(parents=True, exist_ok=True)
        self.unpack()
        preset = wanted.preset
        maker = _Maker(self, wanted, commands)
        for prefix, name in (("", preset.priors[0].name), ("test-", TEST)):
            if not self.has(f"{prefix}pictures"):
                maker.pictures(prefix, name)
        together = [cell for cell in wanted.cells if CONSENSUS in cell.targets and not self.has(cell.targets.replace("/", "-"))]
        if together and not self.home(preset.priors[1].name).exists():
            maker.convert(preset.priors[1].name, "axis", preset.most)
        for name in sorted({cell.targets for cell in wanted.cells if cell.targets}):
            prior, _, form = name.partition("/")
            if not self.has(f"{prior}-{form}"):
                maker.targets(prior, form)
        alone = [by_chance(cell) if cell.proxy else cell for cell in wanted.cells if 0 < cell.ratio < 1]
        named = {subset(cell): cell for cell in alone if cell.policy in BLIND}
        missing = [cell for name, cell in named.items() if not self.has(name)]
        if missing or any(cell.policy not in BLIND and not self.has(subset(cell)) for cell in wanted.cells):
            maker.convert(CHOSEN, wanted.form, preset.values)
        for cell in missing:
            maker.chance(cell)

    def has(self, name: str) -> bool:
        """Whether an array is there."""
        return (self.arrays / f"{name}.npy").exists()

    def pack(self, preset: Preset, cells: Sequence[Cell], file: Path) -> int:
        """Writes what cells need where no Java is as a zip file, to be unpacked there as the --work; returns how many bytes.

        Pictures travel encoded. Of a prior's targets one form travels, of others what each axis is scaled by in comparison:
        they differ by rounding from those that rela made.
        """
        values: dict[str, int] = {}
        for cell in cells:
            prior = cell.targets.partition("/")[0]
            values[prior] = max(values.get(prior, 0), cell.values)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.write(self.work / "references.json", "references.json")
            for prefix, name in (("", preset.priors[0].name), ("test-", TEST)):
                encoded = Pictures(rela.open(self.home(name)))
                table = pa.table({"picture": [encoded[row] for row in range(len(self.load(f"{prefix}index")))]})
                out = io.BytesIO()
                pyarrow.parquet.write_table(table, out, compression="zstd", compression_level=9, use_dictionary=False)
                archive.writestr(f"arrays/{prefix}{ENCODED}", out.getvalue())
            for one in sorted(self.arrays.glob("*.npy")):
                prior, _, form = one.stem.rpartition("-")
                if form in FORMS:
                    given = self.load(one.stem)[:, : values.get(prior, 0)]
                    of = f"{prior}-{FORMS[0]}"
                    if form != FORMS[0] and self.has(of):
                        _add(archive, f"arrays/{one.stem}{SCALES}", scales(self.load(of)[:, : given.shape[1]], given))
                    else:
                        _add(archive, f"arrays/{one.name}", given)
                elif not one.stem.endswith(("pictures", "features")):
                    archive.write(one, f"arrays/{one.name}")
        return file.stat().st_size

    def unpack(self) -> None:
        """Makes arrays of what came in a pack, where they are missing."""
        for file in sorted(self.arrays.glob(f"*{ENCODED}")):
            name = file.name.removesuffix(ENCODED) + "pictures"
            if not self.has(name):
                encoded = pyarrow.parquet.read_table(file)["picture"].to_pylist()
                pictures = (np.asarray(square(Image.open(io.BytesIO(one)), SIZE)) for one in encoded)
                self.save(name, np.stack([one.transpose(2, 0, 1) for one in pictures]))
        for file in sorted(self.arrays.glob(f"*{SCALES}")):
            name = file.name.removesuffix(SCALES)
            if not self.has(name):
                self.save(name, self.load(f"{name.rpartition('-')[0]}-{FORMS[0]}") * np.load(file))

    def save(self, name: str, values: np.ndarray) -> None:
        """Keeps an array."""
        out = io.BytesIO()
        np.save(out, values)
        write_whole(self.arrays / f"{name}.npy", out.getvalue())


class _Maker:
    """Commands of rela, and what is kept of what they leave."""

    def __init__(self, material: Material, wanted: Wanted, commands: Rela) -> None:
        self.material, self.wanted, self.commands = material, wanted, commands

    def pictures(self, prefix: str, name: str) -> None:
        """Pictures, labels and the first prior's features of a part."""
        self.convert(name, "axis", self.wanted.preset.most)
        home = rela.open(self.material.home(name))
        loaded = ResidentHome(home, SIZE)
        for column in ("pictures", "index", "label"):
            self.material.save(prefix + column, getattr(loaded, column).numpy())
        if not prefix:
            self.material.save("seconds", np.array(home.manifest.conversion.run.seconds["total"]))
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
        part = "test" if name == TEST else "train"
        pictures = self._link(part, getattr(preset, part))
        model = prior.model
        if prior == preset.untrained:
            model = self._untrained(prior)
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
        known = {prior.name: prior for prior in (*self.wanted.preset.priors, self.wanted.preset.untrained)}
        return known.get(name, self.wanted.preset.priors[0])

    def _untrained(self, prior: Prior) -> Path:
        """A network with fresh weights: a MobileNetV2 of torchvision, or a small ResNet for pictures of 32 × 32."""
        file = self.material.work / prior.model
        if not file.exists():
            with torch.random.fork_rng(devices=[]), torch.no_grad():
                torch.manual_seed(0)
                if prior == UNTRAINED_32:
                    size, net = SIZE, nets.build("resnet18-w16", SIZE, 0)[0]
                else:
                    import torchvision

                    size, net = 224, torchvision.models.mobilenet_v2(weights=None)
                    net.classifier = torch.nn.Identity()
                # It has seen no data: noise sets what its normalisations run on.
                net.train()(torch.randn(64, 3, min(size, 96), min(size, 96)))
                traced = torch.jit.trace(net.eval(), torch.zeros(1, 3, size, size))
                torch.jit.save(torch.jit.freeze(traced), str(file))
        return file

    def _link(self, part: str, each: int) -> Path:
        """A folder of links to the first pictures of each class, by name."""
        if self.wanted.data is None:
            raise Refusal(SETTINGS, "--data is missing: say where pictures are")
        source, folder = self.wanted.data / part, self.material.work / "pictures" / part
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
        return folder

    def chance(self, cell: Cell) -> None:
        """The subsets of all epochs by a policy that looks at no losses."""
        home = self.material.copy_of_chosen(self.material.home(subset(cell)))
        said = ["--home", home, "--policy", cell.policy, "--ratio", cell.ratio, "--seed", cell.seed, "--columns", "index"]
        epochs = range(self.wanted.preset.epochs)
        for epoch in epochs:
            self.commands.run("select", *said, "--epoch", epoch)
        self.material.save(subset(cell), np.stack([self.material.chosen(home, epoch) for epoch in epochs]))
        shutil.rmtree(home)


def subset(cell: Cell) -> str:
    """The name of the array that has a cell's subsets, where they are made before its training."""
    by = f"{cell.policy} {cell.options} {cell.proxy}" if cell.proxy else f"{cell.policy} {cell.seed}"
    return re.sub("[^A-Za-z0-9.-]+", "-", f"subset {cell.ratio} {by}".strip())


def scales(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What each axis of a form of targets is multiplied by in another form of them."""
    row = np.abs(one).argmax(0), np.arange(one.shape[1])
    scales = (other[row].astype(np.float64) / one[row]).astype(np.float32)
    if not np.allclose(one * scales, other, rtol=1e-4, atol=1e-6 * np.abs(other).max()):
        raise ValueError("two forms of targets are not the same but for a scale of each axis: they belong to different homes")
    return scales


def _add(archive: zipfile.ZipFile, name: str, values: np.ndarray) -> None:
    out = io.BytesIO()
    np.save(out, values)
    archive.writestr(name, out.getvalue())
