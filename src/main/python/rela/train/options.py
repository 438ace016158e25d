"""The command line of bin/train."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rela.train import nets
from rela.train.failures import SETTINGS, Refusal
from rela.train.phase import Switch
from rela.train.trainer import NORMALISATIONS, PRECISIONS, Settings

METHODS = ("byol", "dino", "simsiam", "supervised", "regression")
# What a run may be gone on with otherwise, since it changes no weight, or is no setting.
FREE = ("home", "run", "device", "resident", "workers", "checkpoint_steps", "rela", "wait", "test_home", "probe_every")


@dataclass(frozen=True)
class Options:
    """What bin/train is asked for; each is an option, whose help says what it means."""

    home: str
    run: Path
    net: str
    method: str
    epochs: int
    switch: str
    level: str | None
    transfer: str
    batch_size: int
    learning_rate: float
    weight_decay: float
    precision: str
    normalisation: str
    seed: int
    size: int | None
    device: str
    resident: str
    workers: int
    subsets: str
    wait: float
    rela: str | None
    policy: str
    ratio: float | None
    ratio_schedule: str | None
    losses: str
    score_every: int
    score: str
    select: str
    learner_every: int
    checkpoint_steps: int
    test_home: str | None
    probe_every: int | None

    def settings(self, level: float) -> Settings:
        """Those of the training proper; `level` is that of --switch teacher."""
        names = {field.name for field in dataclasses.fields(Settings)} - {"level"}
        return Settings(**{name: getattr(self, name) for name in names}, level=level)

    def identity(self) -> dict[str, Any]:
        """All that decides the weights, by the option's name: what a run cannot be gone on with otherwise."""
        names = [field.name for field in dataclasses.fields(self) if field.name not in FREE]
        return {f"--{name.replace('_', '-')}": getattr(self, name) for name in names}


def parsed(words: list[str]) -> Options:
    """Options of a command line; ends the program where it is none, and raises Refusal with all that is wrong with them."""
    asked = Options(**vars(_parser().parse_args(words)))
    wrong = _problems(asked)
    if wrong:
        raise Refusal(SETTINGS, "\n".join(wrong))
    return asked


def _problems(asked: Options) -> list[str]:
    wrong = []
    try:
        asked.settings(1.0)
        Switch(asked.switch, asked.epochs)
    except ValueError as e:
        wrong.append(f"{e}.")
    if (asked.switch == "teacher") != (asked.level is not None):
        wrong.append("--level belongs to --switch teacher, which needs it: say auto or a share such as 0.8, or leave it out.")
    elif asked.level not in (None, "auto") and not _is_share(asked.level):
        wrong.append(f"--level {asked.level}: say auto, or a share above 0, up to 1.")
    for name in ("workers", "wait", "checkpoint_steps", "weight_decay"):
        if getattr(asked, name) < 0:
            wrong.append(f"--{name.replace('_', '-')} {getattr(asked, name)}: say 0 or more.")
    for name in ("score_every", "learner_every", "learning_rate", "size", "probe_every"):
        value = getattr(asked, name)
        if value is not None and value <= 0:
            wrong.append(f"--{name.replace('_', '-')} {value}: say a number above 0.")
    if asked.rela is None and (asked.ratio, asked.ratio_schedule, asked.score, asked.select) != (None, None, "", ""):
        wrong.append(
            "--ratio, --ratio-schedule, --score and --select are for --rela, which makes the subsets: say it, or leave them out."
        )
    if asked.rela is not None and asked.subsets == "none":
        wrong.append("--subsets none trains on all samples, so --rela has nothing to make: leave one out.")
    if asked.rela is not None and asked.policy in ("uniform", "cyclic") and asked.ratio is None and asked.ratio_schedule is None:
        wrong.append(f"--policy {asked.policy} needs --ratio or --ratio-schedule: how much of the samples an epoch has.")
    if asked.losses == "logged" and (asked.switch == "decay" or asked.switch.strip("0.") == ""):
        wrong.append(f"--losses logged: losses are logged in the ReLA phase, and with --switch {asked.switch} there is none.")
    if asked.probe_every is not None and asked.test_home is None:
        wrong.append("--probe-every needs --test-home: a home of other pictures of the same classes.")
    return wrong


def _is_share(text: str) -> bool:
    try:
        return 0 < float(text) <= 1
    except ValueError:
        return False


def _parser() -> argparse.ArgumentParser:
    usual = Settings()
    parser = argparse.ArgumentParser(
        prog="bin/train",
        description="Trains a network on a home of rela: towards its targets first (the ReLA phase), then by another method.",
        epilog="The same command again goes on where a run was ended. Exit codes are those of rela; 143 after SIGTERM.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--home", required=True, metavar="URI", help="the dataset home")
    add("--run", "--run-dir", required=True, type=Path, metavar="DIR", help="folder for checkpoint, learners and metrics")
    add("--net", default=usual.net, metavar="NAME", help=f"{nets.NAMES} (default {usual.net})")
    add("--method", default=usual.method, choices=METHODS, help=f"what trains after the ReLA phase (default {usual.method})")
    add("--epochs", type=int, default=usual.epochs, metavar="N", help=f"of the whole run (default {usual.epochs})")
    text = "when the ReLA phase ends: SHARE of the epochs, rho, teacher, never, or decay, a blend instead of phases"
    add("--switch", default=usual.switch, metavar="RULE", help=f"{text} (default {usual.switch})")
    add(
        "--level",
        metavar="X",
        help="of --switch teacher: the online probe's share that ends it; auto: what the prior's features give",
    )
    add(
        "--transfer",
        default=usual.transfer,
        choices=("trained", "fixed"),
        help=f"the linear layer to the targets (default {usual.transfer})",
    )
    add(
        "--batch-size",
        type=int,
        default=usual.batch_size,
        metavar="N",
        help=f"samples a step, of all processes together (default {usual.batch_size})",
    )
    add("--learning-rate", type=float, default=usual.learning_rate, metavar="X", help=f"of AdamW (default {usual.learning_rate})")
    add("--weight-decay", type=float, default=usual.weight_decay, metavar="X", help=f"of AdamW (default {usual.weight_decay})")
    add("--precision", default=usual.precision, choices=PRECISIONS, help=f"of the passes (default {usual.precision})")
    text = "of batch normalisation: each process's own, over all processes (GPUs only), or none at all"
    add("--normalisation", default=usual.normalisation, choices=NORMALISATIONS, help=f"{text} (default {usual.normalisation})")
    add("--seed", type=int, default=0, metavar="N", help="of weights, order, augmentations and subsets (default 0)")
    add("--size", type=int, metavar="N", help="side of the pictures in pixels (default: the prior's)")
    add("--device", default="auto", choices=("auto", "cpu", "cuda"), help="(default auto)")
    text = "whether all pictures are kept on the device; auto: where there is room"
    add("--resident", default="auto", choices=("auto", "yes", "no"), help=f"{text} (default auto)")
    add("--workers", type=int, default=2, metavar="N", help="that read pictures where they are not resident (default 2)")
    text = "epochs: the home's subset of each epoch; none: all samples in each"
    add("--subsets", default="epochs", choices=("epochs", "none"), help=f"{text} (default epochs)")
    add(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for an epoch's subset that somebody else makes (default 0)",
    )
    add("--learner-every", type=int, default=1, metavar="N", help="epochs between two learners in the run's folder (default 1)")
    add(
        "--checkpoint-steps",
        type=int,
        default=0,
        metavar="N",
        help="steps between two checkpoints inside of an epoch (default 0: none)",
    )
    add("--test-home", metavar="URI", help="a home of other pictures of the same classes, for a linear probe")
    add("--probe-every", type=int, metavar="N", help="epochs between two probes (default: the last epoch alone)")
    made = parser.add_argument_group("subsets made between the epochs")
    add = made.add_argument
    add("--rela", metavar="COMMAND", help='what runs rela, such as "bin/rela"')
    add(
        "--policy", default="uniform", metavar="NAME", help="of select; until there are losses, uniform instead (default uniform)"
    )
    add("--ratio", type=float, metavar="R", help="of select: share of the samples")
    add("--ratio-schedule", metavar="S", help="of select, instead of --ratio")
    text = "scored: of the newest learner; logged: those that training has computed"
    add("--losses", default="scored", choices=("scored", "logged"), help=f"{text} (default scored)")
    add("--score-every", type=int, default=1, metavar="M", help="epochs between two scorings (default 1)")
    add("--score", default="", metavar="OPTIONS", help='more options of score, such as "--max-rejects 0.02"')
    add("--select", default="", metavar="OPTIONS", help='more options of select, such as "--strata 20"')
    return parser
