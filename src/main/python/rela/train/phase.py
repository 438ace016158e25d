"""The ReLA phase: the loss towards a home's targets, and when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


class Transfer(nn.Linear):
    """The linear layer from d features to the targets' D values; fixed at its initialisation unless it is trained.

    The reference implementation leaves it fixed, since none of its optimisers is given it, and caps D at d.
    """

    def __init__(self, features: int, values: int, trained: bool) -> None:
        super().__init__(features, values)
        self.requires_grad_(trained)


def target_loss(predictions: list[torch.Tensor], target: torch.Tensor) -> torch.Tensor:
    """The mean over views of 1 − cos(prediction, target), in [0, 2], for each sample: N × D each to N."""
    return sum(1 - F.cosine_similarity(one.float(), target, dim=1) for one in predictions) / len(predictions)


@dataclass
class Switch:
    """When the ReLA phase ends: once, for good.

    `rule` is "rho" (the reference's: the loss has stopped to fall), "never", or a share of the epochs as "0.5". The rule
    "teacher" ends it with the first epoch whose online probe has reached `level`, a share in [0, 1]: what the prior's own
    features give. With "decay" there is no such phase: all epochs are of the original algorithm, and of the loss `share` is the
    target's, from 1 in the first epoch to 0 in the last one by a cosine (as in ERW, arXiv 2504.10188). Call `begin` before each
    epoch, and with "rho" `step` after each step.
    """

    rule: str
    epochs: int
    level: float = 1.0
    slow: float = 2.0
    fast: float = 1.0
    rho: float = 0.0
    switched: bool = field(default=False)
    share: float = field(default=0.0, init=False)

    THRESHOLD = 0.995
    NAMED = ("rho", "teacher", "decay", "never")

    def __post_init__(self) -> None:
        if self.rule not in self.NAMED:
            try:
                fits = 0 <= float(self.rule) <= 1
            except ValueError:
                fits = False
            if not fits:
                raise ValueError(f"switch {self.rule} is none: say {', '.join(self.NAMED)}, or a share of the epochs such as 0.5")

    def begin(self, epoch: int, probe: float) -> bool:
        """Whether the epoch that begins is of the original algorithm; `probe` is the online probe's accuracy of the last one."""
        if self.rule == "teacher":
            self.switched |= probe >= self.level
        elif self.rule == "decay":
            self.switched = True
            self.share = (1 + math.cos(math.pi * epoch / max(self.epochs - 1, 1))) / 2
        elif self.rule not in ("rho", "never"):
            self.switched |= epoch >= round(float(self.rule) * self.epochs)
        return self.switched

    def step(self, loss: float) -> bool:
        """Takes a step's mean loss; whether the next step is of the original algorithm."""
        if self.rule == "rho" and not self.switched:
            self.rho = math.exp(-max(self.slow - self.fast, 0.0))
            self.fast = 0.999 * self.fast + 0.001 * loss
            self.slow = 0.99 * self.slow + 0.01 * self.fast
            self.switched = self.rho >= self.THRESHOLD
        return self.switched

    def state_dict(self) -> dict[str, float | bool]:
        """What to keep in order to go on."""
        return {"slow": self.slow, "fast": self.fast, "rho": self.rho, "switched": self.switched}

    def load_state_dict(self, state: dict) -> None:
        """Goes on where a state was kept."""
        self.slow, self.fast, self.rho, self.switched = (state[name] for name in ("slow", "fast", "rho", "switched"))
