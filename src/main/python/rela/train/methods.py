"""Original algorithms: what a network is trained by once the ReLA phase is over, or from the start."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import nn

from rela.train import ranks
from rela.train.views import View

RELA_VIEW = View(crop=(0.5, 1.0), jitter=(0.8, 0.8, 0.8, 0.2), jitter_chance=0.8, grey=0.2)
PLAIN_VIEW = View(crop=(0.5, 1.0))


def pair(size: int) -> tuple[View, View]:
    """The two views of self-supervised methods; pictures of 64 and more are blurred."""
    blur = (1.0, 0.1) if size >= 64 else (0.0, 0.0)
    common = {"crop": (0.08, 1.0), "jitter": (0.4, 0.4, 0.2, 0.1), "jitter_chance": 0.8, "grey": 0.2}
    return View(**common, blur=blur[0]), View(**common, blur=blur[1], solarise=0.2)


class Method(nn.Module):
    """A method has heads on d features, and a loss for each sample of a batch.

    `forward` takes the features of the views by the network, each N × d, those by the momentum network (none where `momentum`
    is 0), and the labels; it gives N losses. `follow` moves what follows the trained heads, before each step.
    """

    momentum = 0.0
    views_seen = 2

    def views(self, size: int) -> tuple[View, ...]:
        """The augmentations of its views."""
        return pair(size)

    def follow(self) -> None:
        """Moves the momentum heads."""

    def forward(self, features: list[torch.Tensor], slow: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class Byol(Method):
    """BYOL (arXiv 2006.07733) with the reference implementation's sizes."""

    momentum = 0.99

    def __init__(self, features: int) -> None:
        super().__init__()
        self.projector, self.predictor = _head(features, 2 * features, 256), _head(256, 2 * features, 256)
        self.slow_projector = _fixed(self.projector)

    def follow(self) -> None:
        follow(self.slow_projector, self.projector, self.momentum)

    def forward(self, features: list[torch.Tensor], slow: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        first, second = (self.predictor(self.projector(one)) for one in features)
        with torch.no_grad():
            to_first, to_second = (self.slow_projector(one) for one in slow)
        return -0.5 * (_cosine(first, to_second) + _cosine(second, to_first))


class SimSiam(Method):
    """SimSiam (arXiv 2011.10566): BYOL's heads without a momentum network."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.projector, self.predictor = _head(features, 2 * features, 256), _head(256, 2 * features, 256)

    def forward(self, features: list[torch.Tensor], slow: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        first, second = (self.projector(one) for one in features)
        towards = _cosine(self.predictor(first), second.detach()), _cosine(self.predictor(second), first.detach())
        return -0.5 * (towards[0] + towards[1])


class Dino(Method):
    """DINO (arXiv 2104.14294) without local views: temperatures 0.1 and 0.04, centre by momentum 0.9."""

    momentum = 0.99

    def __init__(self, features: int) -> None:
        super().__init__()
        self.head = nn.Sequential(
            nn.Linear(features, 2048), nn.GELU(), nn.Linear(2048, 256), _Unit(), nn.Linear(256, 2048, bias=False)
        )
        self.slow_head = _fixed(self.head)
        self.register_buffer("centre", torch.zeros(2048))

    def follow(self) -> None:
        follow(self.slow_head, self.head, self.momentum)

    def forward(self, features: list[torch.Tensor], slow: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        students = [F.log_softmax(self.head(one).float() / 0.1, dim=1) for one in features]
        with torch.no_grad():
            outputs = [self.slow_head(one).float() for one in slow]
            teachers = [F.softmax((one - self.centre) / 0.04, dim=1) for one in outputs]
            self.centre.mul_(0.9).add_(ranks.mean(torch.cat(outputs).mean(0)), alpha=0.1)
        return -0.5 * ((teachers[0] * students[1]).sum(1) + (teachers[1] * students[0]).sum(1))


class Supervised(Method):
    """Cross-entropy of a linear classifier on one view; samples without a label have no loss."""

    views_seen = 1

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.classifier = nn.Linear(features, classes)

    def views(self, size: int) -> tuple[View, ...]:
        return (PLAIN_VIEW,)

    def forward(self, features: list[torch.Tensor], slow: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(self.classifier(features[0]).float(), label, reduction="none", ignore_index=-1)


def method(name: str, features: int, classes: int) -> Method:
    """A method by its name; "regression" is one that is never reached, since it has only the ReLA phase."""
    known = {"byol": Byol, "dino": Dino, "simsiam": SimSiam, "regression": lambda _: Method()}
    if name == "supervised":
        if not classes:
            raise ValueError("method supervised needs labels, and the home has none: choose byol, dino, simsiam or regression")
        return Supervised(features, classes)
    if name not in known:
        raise ValueError(f"method {name} is none: choose of {', '.join([*known, 'supervised'])}")
    return known[name](features)


@torch.no_grad()
def follow(slow: nn.Module, fast: nn.Module, momentum: float) -> None:
    """Moves a module's weights towards another's; buffers, such as running means, are taken as they are."""
    # One launch on a GPU for all of them; the private names are those of PyTorch's own averaging (torch.optim.swa_utils).
    torch._foreach_lerp_(list(slow.parameters()), [one.detach() for one in fast.parameters()], 1 - momentum)
    if buffers := list(slow.buffers()):
        torch._foreach_copy_(buffers, list(fast.buffers()))


def _head(inside: int, hidden: int, outside: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inside, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, outside))


def _fixed(module: nn.Module) -> nn.Module:
    return copy.deepcopy(module).requires_grad_(False)


def _cosine(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.cosine_similarity(x.float(), y.float(), dim=1)


class _Unit(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.normalize(x.float(), dim=1)
