"""What the experiment consists of: cells, each one training run, in rows of several seeds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

PRIORS = ("mobilenet_v2", "efficientnet_lite0")
UNTRAINED = "untrained"


@dataclass(frozen=True)
class Cell:
    """One run, and all that its result depends on beside the pictures and the program.

    `targets` names a prior and a form, such as "mobilenet_v2/axis"; empty, there is no ReLA phase. Of them `values` are looked at,
    the first; permuted ones are those of other samples. `ratio` of the samples are trained on in each of `epochs`, chosen by
    `policy` with its `options`; `scored` says after how many epochs losses are computed anew; the last `final` epochs have all
    samples.
    """

    seed: int
    net: str = "resnet10-small"
    method: str = "regression"
    switch: str = "never"
    targets: str = ""
    values: int = 0
    permuted: bool = False
    ratio: float = 1.0
    policy: str = "uniform"
    options: str = ""
    scored: int = 1
    final: int = 0
    epochs: int = 12

    @property
    def id(self) -> str:
        """A name for the files of its result."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Row:
    """A row of a table: a cell without its seed."""

    study: str
    name: str
    cell: Cell

    def seeded(self, seed: int) -> Cell:
        """Its cell of a seed."""
        return dataclasses.replace(self.cell, seed=seed)


@dataclass(frozen=True)
class Preset:
    """How large the experiment is; `train` and `test` are pictures per class."""

    train: int
    test: int
    epochs: int
    seeds: int
    net: str
    other_net: str
    values: int


PRESETS = {
    "tiny": Preset(train=20, test=10, epochs=2, seeds=2, net="resnet10-small", other_net="resnet18-small", values=16),
    "cpu": Preset(train=1000, test=500, epochs=12, seeds=3, net="resnet10-small", other_net="resnet18-small", values=64),
}


def rows(preset: Preset, form: str) -> list[Row]:
    """All rows of a preset; `form` is that of the targets where it is not what is compared."""
    return [*_claim(preset, form), *_targets(preset), *_policies(preset, form)]


def _claim(preset: Preset, form: str) -> list[Row]:
    """ReLA against the original algorithm at equal epochs, with its controls."""
    base = Cell(0, net=preset.net, epochs=preset.epochs)
    mine = dataclasses.replace(base, targets=f"{PRIORS[0]}/{form}", values=preset.values)
    made = []
    for ratio in (1.0, 0.5, 0.2):
        share = f"{round(100 * ratio)}%"
        at = {"ratio": ratio}
        made += [
            Row("claim", f"BYOL, {share}", dataclasses.replace(base, method="byol", switch="0", **at)),
            Row("claim", f"ReLA, then BYOL, {share}", dataclasses.replace(mine, method="byol", switch="0.5", **at)),
            Row("claim", f"regression alone, {share}", dataclasses.replace(mine, **at)),
            Row("claim", f"supervised, {share}", dataclasses.replace(base, method="supervised", switch="0", **at)),
        ]
    half = {"method": "byol", "switch": "0.5", "ratio": 0.5}
    wrong = dataclasses.replace(mine, targets=f"{UNTRAINED}/{form}")
    return [
        *made,
        Row("claim", "ReLA, then BYOL, 50%, targets permuted", dataclasses.replace(mine, permuted=True, **half)),
        Row("claim", "ReLA, then BYOL, 50%, targets of an untrained prior", dataclasses.replace(wrong, **half)),
        Row("claim", "ReLA, then BYOL, 50%, switch by rho", dataclasses.replace(mine, **(half | {"switch": "rho"}))),
    ]


def _targets(preset: Preset) -> list[Row]:
    """Which form of targets teaches most, at 50%, by regression alone."""
    made = []
    widths = [width for width in (16, 32, 64, 128, 256, 512) if width <= max(4 * preset.values, 512)]
    for prior in PRIORS:
        for net in (preset.net, preset.other_net):
            base = Cell(0, net=net, ratio=0.5, epochs=preset.epochs)
            # The other net confirms what the first one has found.
            few = widths if net == preset.net else [16, 64, 512]
            for form in ("axis", "shrink", "none"):
                for width in few:
                    cell = dataclasses.replace(base, targets=f"{prior}/{form}", values=width)
                    made.append(Row("targets", f"{prior}, {net}, {form}, {width}", cell))
    base = Cell(0, net=preset.net, ratio=0.5, epochs=preset.epochs)
    for width in (16, 64, 512):
        cell = dataclasses.replace(base, targets=f"{PRIORS[0]}/axis", values=width, permuted=True)
        made.append(Row("targets", f"{PRIORS[0]}, {preset.net}, axis, {width}, permuted", cell))
    for width in (32, 64, 128):
        cell = dataclasses.replace(base, targets="consensus/axis", values=width)
        made.append(Row("targets", f"consensus, {preset.net}, axis, {width}", cell))
    return made


def _policies(preset: Preset, form: str) -> list[Row]:
    """Each policy at equal numbers of trained pictures, against chance."""
    made = []
    for ratio in (0.2, 0.5):
        base = Cell(
            0, net=preset.net, targets=f"{PRIORS[0]}/{form}", values=preset.values, ratio=ratio, epochs=preset.epochs
        )
        share = f"{round(100 * ratio)}%"
        # These keep what they want: fewer epochs come to as many pictures.
        fewer = max(2, round(preset.epochs * ratio / 0.75))
        for policy in ("uniform", "cyclic", "middle", "orderdp", "ccs", "rcap", "importance", "hard", "easy"):
            made.append(Row("policies", f"{policy}, {share}", dataclasses.replace(base, policy=policy)))
        narrow = dataclasses.replace(base, policy="orderdp", options=f"--pool-share {round(min(1.0, 1.5 * ratio), 3)}")
        rising = dataclasses.replace(base, policy="middle", options="--quantile 0.25 --quantile-end 0.75")
        seldom = dataclasses.replace(base, policy="middle", scored=3)
        infobatch = dataclasses.replace(base, policy="infobatch", ratio=0.0, epochs=fewer)
        last = round(preset.epochs / 8 * ratio) or 1
        made += [
            Row("policies", f"orderdp, narrow pool, {share}", narrow),
            Row("policies", f"middle, from easy to hard, {share}", rising),
            Row("policies", f"middle, scored every 3 epochs, {share}", seldom),
            Row("policies", f"infobatch, {fewer} epochs, about {share} of the pictures", infobatch),
            Row("policies", f"uniform, last {last} of all, {share}", dataclasses.replace(base, final=last)),
        ]
    return made
