"""What the experiment consists of: cells, each one training run, in rows of several seeds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, replace

from rela.train.subsets import BLIND


@dataclass(frozen=True)
class Prior:
    """A prior: `model` is a file below --priors or builtin:NAME, `view` how pictures are shown to it where it does not tell."""

    name: str
    model: str
    view: tuple[str, ...] = ()


VIEW_224 = ("--resize", "224", "--input-size", "224", "--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5")
# Fresh weights: a MobileNetV2 at 224, or a small ResNet at the pictures' own size.
UNTRAINED = Prior("untrained", "untrained.pt", VIEW_224)
UNTRAINED_32 = Prior("untrained-32", "untrained-32.pt", ("--input-size", "32"))
CONSENSUS = "consensus"
FORMS = ("axis", "shrink", "none")


@dataclass(frozen=True)
class Cell:
    """One run, and all that its result depends on beside the pictures and the program.

    `targets` names a prior and a form, such as "mobilenet_v2/axis"; empty, there is no ReLA phase. The first `values` of them are
    looked at; permuted ones are those of other samples. `ratio` of the samples are trained on in each of `epochs`, chosen by
    `policy` with its `options`; `scored` says after how many epochs losses are computed anew, and `proxy` of which net they are
    where not of the one that is trained; the last `final` epochs have all samples.
    """

    seed: int
    net: str = "resnet10-small"
    method: str = "regression"
    switch: str = "never"
    transfer: str = "trained"
    targets: str = ""
    values: int = 0
    permuted: bool = False
    ratio: float = 1.0
    policy: str = "uniform"
    options: str = ""
    scored: int = 1
    final: int = 0
    epochs: int = 12
    proxy: str = ""
    batch: int = 128
    precision: str = "float32"

    @property
    def id(self) -> str:
        """A name for the files of its result."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def by_chance(cell: Cell) -> Cell:
    """The training of the net by whose losses a cell's subsets are made, where that is another one: on what chance chooses."""
    return replace(cell, seed=1, net=cell.proxy, policy="uniform", options="", proxy="", precision="float32")


@dataclass(frozen=True)
class Row:
    """A row of a table: a cell without its seed."""

    study: str
    name: str
    cell: Cell

    def seeded(self, seed: int) -> Cell:
        """Its cell of a seed."""
        return replace(self.cell, seed=seed)


@dataclass(frozen=True)
class Preset:
    """How large the experiment is: `train` and `test` are pictures for each class, `most` the values that targets are made with.

    The first prior and the first net are those of every study; others confirm what the study of targets finds. With a `proxy`
    policies choose by the losses of that net, trained beforehand, so that the training itself needs no Java.
    """

    train: int
    test: int
    epochs: int
    seeds: int
    priors: tuple[Prior, ...]
    nets: tuple[str, ...]
    values: int
    most: int
    widths: tuple[int, ...]
    ratios: tuple[float, ...]
    policies: tuple[str, ...]
    policies_at: tuple[float, ...]
    untrained: Prior = UNTRAINED
    proxy: str = ""
    batch: int = 128
    precision: str = "float32"


NETS = ("resnet10-small", "resnet18-small")
PRESETS = {
    "tiny": Preset(
        train=40,
        test=20,
        epochs=2,
        seeds=1,
        priors=(Prior("builtin-prior", "builtin:prior"), Prior("builtin-middle", "builtin:learner-middle")),
        nets=NETS[:1],
        values=16,
        most=32,
        widths=(16,),
        ratios=(0.5,),
        policies=("infobatch",),
        policies_at=(0.5,),
    ),
    "tiny-gpu": Preset(
        train=40,
        test=20,
        epochs=2,
        seeds=1,
        priors=(Prior("builtin-prior", "builtin:prior"),),
        nets=NETS[:1],
        values=16,
        most=16,
        widths=(16,),
        ratios=(0.5,),
        policies=("middle",),
        policies_at=(0.5,),
        untrained=UNTRAINED_32,
        proxy="resnet10-small",
        batch=64,
        precision="bfloat16",
    ),
    "cpu": Preset(
        train=1000,
        test=500,
        epochs=12,
        seeds=3,
        priors=(
            Prior("mobilenet_v2", "mobilenet_v2.pt", VIEW_224),
            Prior("efficientnet_lite0", "efficientnet_lite0.pt", VIEW_224),
        ),
        nets=NETS,
        values=64,
        most=512,
        widths=(16, 32, 64, 128, 256, 512),
        ratios=(1.0, 0.5, 0.2),
        policies=("uniform", "cyclic", "middle", "orderdp", "ccs", "rcap", "importance", "infobatch", "hard", "easy"),
        policies_at=(0.5, 0.2),
    ),
    "gpu": Preset(
        train=5000,
        test=1000,
        epochs=12,
        seeds=3,
        priors=(Prior("mobilenet_v2", "mobilenet_v2.pt", VIEW_224),),
        nets=("resnet18",),
        values=64,
        most=64,
        widths=(16, 64),
        ratios=(1.0, 0.5, 0.2),
        policies=("uniform", "cyclic", "middle", "orderdp", "ccs", "rcap", "importance", "hard", "easy"),
        policies_at=(0.2,),
        untrained=UNTRAINED_32,
        proxy="resnet10-small",
        batch=256,
        precision="bfloat16",
    ),
}


def rows(preset: Preset, form: str) -> list[Row]:
    """All rows of a preset; `form` is that of the targets where it is not what is compared."""
    return [*_claim(preset, form), *_targets(preset), *_policies(preset, form)]


def _cell(preset: Preset, **said: object) -> Cell:
    given = {"net": preset.nets[0], "epochs": preset.epochs, "batch": preset.batch, "precision": preset.precision}
    return Cell(0, **(given | said))


def _claim(preset: Preset, form: str) -> list[Row]:
    """ReLA against the original algorithm at equal epochs, with its controls."""
    base = _cell(preset)
    mine = replace(base, targets=f"{preset.priors[0].name}/{form}", values=preset.values)
    made = []
    for ratio in preset.ratios:
        of = f", {round(100 * ratio)}%"
        made += [
            Row("claim", f"BYOL{of}", replace(base, method="byol", switch="0", ratio=ratio)),
            Row("claim", f"ReLA, then BYOL{of}", replace(mine, method="byol", switch="0.5", ratio=ratio)),
            Row("claim", f"regression alone{of}", replace(mine, ratio=ratio)),
            Row("claim", f"supervised{of}", replace(base, method="supervised", switch="0", ratio=ratio)),
        ]
    both = replace(mine, method="byol", switch="0.5", ratio=0.5)
    untrained = replace(both, targets=f"{preset.untrained.name}/{form}", values=preset.values)
    return [
        *made,
        Row("claim", "ReLA, then BYOL, 50%, targets permuted", replace(both, permuted=True)),
        Row("claim", "ReLA, then BYOL, 50%, targets of an untrained prior", untrained),
        Row("claim", "ReLA, then BYOL, 50%, switch by rho", replace(both, switch="rho")),
        Row("claim", "ReLA, then BYOL, 50%, transfer fixed", replace(both, transfer="fixed")),
    ]


def _targets(preset: Preset) -> list[Row]:
    """Which form of targets teaches most, at 50%, by regression alone."""
    made = []
    first, *_ = preset.priors
    few = sorted({preset.widths[0], preset.values, preset.widths[-1]})
    base = _cell(preset, ratio=0.5)
    for prior in preset.priors:
        for net in preset.nets:
            main = (prior, net) == (first, preset.nets[0])
            for form in FORMS:
                for width in preset.widths if main else few:
                    cell = replace(base, net=net, targets=f"{prior.name}/{form}", values=width)
                    made.append(Row("targets", f"{prior.name}, {net}, {form}, {width}", cell))
    for width in few:
        cell = replace(base, targets=f"{first.name}/axis", values=width, permuted=True)
        made.append(Row("targets", f"{first.name}, {preset.nets[0]}, axis, {width}, permuted", cell))
    for net in preset.nets if len(preset.priors) > 1 else ():
        for form in ("axis", "none"):
            cell = replace(base, net=net, targets=f"{CONSENSUS}/{form}", values=preset.values)
            made.append(Row("targets", f"consensus, {net}, {form}, {preset.values}", cell))
    return made


def _policies(preset: Preset, form: str) -> list[Row]:
    """Each policy at equal numbers of trained pictures, against chance."""
    made = []
    everything = _cell(preset, targets=f"{preset.priors[0].name}/{form}", values=preset.values)
    for ratio in preset.policies_at:
        base, of = replace(everything, ratio=ratio), f", {round(100 * ratio)}%"
        # InfoBatch keeps what it wants, about three quarters: fewer epochs come to as many pictures.
        fewer = max(2, round(preset.epochs * ratio / 0.75))
        last = max(1, round(preset.epochs * ratio / 8))
        rising = "--quantile 0.25 --quantile-end 0.75"
        variants = {
            "uniform": {f"uniform, {last} of all at the end": {"final": last}},
            "middle": {"middle, from easy to hard": {"options": rising}, "middle, scored every 3 epochs": {"scored": 3}},
            "orderdp": {"orderdp, narrow pool": {"options": f"--pool-share {round(min(1.0, 1.5 * ratio), 3)}"}},
            "infobatch": {f"infobatch, {fewer} epochs": {"ratio": 0.0, "epochs": fewer}},
        }
        for policy in preset.policies:
            base = replace(base, proxy="" if policy in BLIND else preset.proxy)
            if policy != "infobatch":
                made.append(Row("policies", f"{policy}{of}", replace(base, policy=policy)))
            for name, settings in variants.get(policy, {}).items():
                if preset.proxy and "scored" in settings:
                    continue
                made.append(Row("policies", f"{name}{of}", replace(base, policy=policy, **settings)))
    return made
