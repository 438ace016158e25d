"""Where each epoch's subset comes from: made between the epochs by rela, or by somebody else."""

from __future__ import annotations

import shlex

from rela.train.command import WAIT_LOCK, Rela
from rela.train.folder import RunFolder
from rela.train.options import Options

# Policies that look at no losses; the others begin with an epoch that "uniform" makes.
BLIND = ("uniform", "cyclic")


class Subsets:
    """Makes the subset of each epoch by commands of rela: `score` with the newest learner, or logged losses, then `select`."""

    def __init__(self, asked: Options, folder: RunFolder, rela: Rela) -> None:
        self.asked, self.folder, self.rela = asked, folder, rela

    def make(self, epoch: int) -> dict[str, float]:
        """Makes the subset of an epoch; returns the seconds of `score` and `select`. What is there already stays as it is."""
        asked, seconds = self.asked, {}
        logged = sorted(self.folder.losses.glob("*.parquet"))
        learner = self.folder.newest_learner(epoch)
        sees = asked.policy not in BLIND and (bool(logged) if asked.losses == "logged" else learner is not None)
        ratio = {"--ratio": asked.ratio, "--ratio-schedule": asked.ratio_schedule}
        size = {name: value for name, value in ratio.items() if value is not None}
        if not sees and asked.policy not in BLIND:
            seconds["select"] = self._run("select", epoch, {"--policy": "uniform"} | (size or {"--ratio": 1}), "")
            return seconds
        choice = {"--policy": asked.policy, "--epochs": asked.epochs} | size
        if sees and asked.losses == "logged":
            choice["--losses"] = f"file:{self.folder.losses.absolute()}"
        elif sees and (epoch - 1) % asked.score_every == 0:
            seconds["score"] = self._run(
                "score", epoch, {"--learner": f"file:{learner.absolute()}", "--transfer": "fit"}, asked.score
            )
        seconds["select"] = self._run("select", epoch, choice, asked.select)
        return seconds

    def _run(self, command: str, epoch: int, options: dict[str, object], more: str) -> float:
        given = {"--home": self.asked.home, "--epoch": epoch, "--seed": self.asked.seed, "--wait-lock": WAIT_LOCK} | options
        if command == "select":
            given = {"--columns": "index"} | given
        words = shlex.split(more)
        said = {word.partition("=")[0] for word in words}
        mine = [word for name, value in given.items() if name not in said for word in (name, value)]
        return self.rela.run(command, *mine, *words)


def nothing(epoch: int) -> dict[str, float]:
    """Of subsets that are there, or that somebody else makes."""
    return {}
