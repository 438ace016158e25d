"""One training run: a network, the ReLA phase, the original algorithm, one epoch after the other."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from rela.torch import LossLog, Sample
from rela.train import nets, ranks
from rela.train.methods import RELA_VIEW, follow, method
from rela.train.phase import Switch, Transfer, target_loss
from rela.train.views import View, key, normalised

PRECISIONS = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}
NORMALISATIONS = ("batch", "synchronised", "frozen")


@dataclass(frozen=True)
class Settings:
    """What a run is asked for. `switch` is a rule of `Switch`; with "0" there is no ReLA phase.

    Defaults are the reference implementation's, but for the transfer, which is trained, and the switch, at half of the epochs.
    """

    net: str = "resnet18"
    method: str = "byol"
    epochs: int = 100
    switch: str = "0.5"
    level: float = 1.0
    transfer: str = "trained"
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    precision: str = "float32"
    normalisation: str = "batch"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.transfer not in ("trained", "fixed"):
            raise ValueError(f"transfer {self.transfer} is none: say trained or fixed")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision {self.precision} is none: choose of {', '.join(PRECISIONS)}")
        if self.normalisation not in NORMALISATIONS:
            raise ValueError(f"normalisation {self.normalisation} is none: choose of {', '.join(NORMALISATIONS)}")
        if self.epochs < 1 or self.batch_size < 2:
            raise ValueError(f"{self.epochs} epochs of batches of {self.batch_size}: give 1 epoch and batches of 2, or more")


class Online(nn.Module):
    """All that gradients move: network, transfer, heads and the online probe. Its forward pass gives losses by sample."""

    def __init__(self, settings: Settings, size: int, values: int, classes: int) -> None:
        super().__init__()
        self.net, self.features = nets.build(settings.net, size, settings.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(settings.seed, 1) & 0x7FFFFFFFFFFFFFFF)
            self.transfer = Transfer(self.features, values, settings.transfer == "trained")
            self.method = method(settings.method, self.features, classes)
            self.probe = nn.Linear(self.features, classes) if classes else None

    def forward(
        self,
        views: list[torch.Tensor],
        slow: list[torch.Tensor] | None,
        target: torch.Tensor,
        label: torch.Tensor,
        share: float = 0.0,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Losses N of the ReLA phase where `slow` is None, else of the method; the probe's losses N and hits N.

        Of the method's losses `share` is the target's.
        """
        features = [self.net(view) for view in views]
        if slow is None:
            loss = target_loss([self.transfer(one) for one in features], target)
        else:
            loss = self.method(features, slow, label)
            if share:
                loss = share * target_loss([self.transfer(one) for one in features], target) + (1 - share) * loss
        if self.probe is None:
            return loss, torch.zeros_like(loss), torch.zeros_like(loss)
        logits = self.probe(features[0].detach()).float()
        found = F.cross_entropy(logits, label, reduction="none", ignore_index=-1)
        return loss, found, (logits.argmax(1) == label).float()


@dataclass
class Progress:
    """What an epoch has come to so far; `sums` are of losses, of the probe's hits, and of samples with a label."""

    sums: torch.Tensor
    samples: int = 0
    steps: int = 0
    rela_steps: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class Trainer:
    """A run in one process, or one rank of several: then `module` is what DistributedDataParallel makes of `online`.

    Weights start from the seed, and the chance of augmentations from (seed, epoch, view, index): the same on any number of ranks.
    `steps` counts those of all epochs.
    """

    def __init__(self, settings: Settings, size: int, values: int, classes: int, device: str | torch.device = "cpu") -> None:
        self.settings, self.size, self.device = settings, size, torch.device(device)
        if settings.normalisation == "synchronised" and self.device.type == "cpu":
            raise ValueError("normalisation synchronised needs GPUs: PyTorch has none for a CPU, say batch or frozen")
        self.online = Online(settings, size, values, classes).to(self.device, memory_format=torch.channels_last)
        if settings.normalisation == "synchronised":
            self.online = nn.SyncBatchNorm.convert_sync_batchnorm(self.online)
        self.slow_net = copy.deepcopy(self.online.net).requires_grad_(False)
        self.module: nn.Module = self.online
        trained = [one for one in self.online.parameters() if one.requires_grad]
        self.optimiser = torch.optim.AdamW(trained, settings.learning_rate, weight_decay=settings.weight_decay)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=settings.precision == "float16")
        self.switch = Switch("never" if settings.method == "regression" else settings.switch, settings.epochs, settings.level)
        self.epoch = self.steps = 0
        self.probed = 0.0
        self.progress = self._nothing()

    def run_epoch(self, batches: Iterable[Sample], log: LossLog | None = None) -> dict[str, Any]:
        """Trains on the batches of the next epoch, or on those that are left of one that was begun, and gives its figures.

        `log` takes the losses of its ReLA phase's samples. While `batches` is asked for one, the state is that after the last.
        """
        so_far = self.progress
        begun, spent = time.monotonic() - so_far.seconds, time.process_time() - so_far.cpu_seconds
        self._mode(train=True)
        original = self.switch.begin(self.epoch, self.probed)
        for batch in batches:
            loss, hits = self._step(batch, original)
            if log is not None and not original:
                log.add(batch.index, loss)
            labeled = (batch.label >= 0).to(self.device).sum()
            so_far.sums += torch.stack([loss.sum().double(), hits.sum().double(), labeled.double()])
            so_far.samples += len(loss) * ranks.count()
            so_far.rela_steps += not original or self.switch.share > 0
            so_far.steps += 1
            self.steps += 1
            if self.switch.rule == "rho" and not original:
                original = self.switch.step(ranks.mean(loss.mean()).item())
            so_far.seconds, so_far.cpu_seconds = time.monotonic() - begun, time.process_time() - spent
        if not so_far.steps:
            raise ValueError(f"epoch {self.epoch} has no batch of {self.settings.batch_size}: its subset is smaller than that")
        loss_sum, found, labeled = ranks.summed(so_far.sums).tolist()
        self.probed = found / labeled if labeled else 0.0
        figures = {
            "epoch": self.epoch,
            "steps": so_far.steps,
            "rela_steps": so_far.rela_steps,
            "samples": so_far.samples,
            "loss": loss_sum / so_far.samples,
            "online_top1": self.probed if labeled else None,
            "rho": self.switch.rho if self.switch.rule == "rho" else None,
            "seconds": time.monotonic() - begun,
            "cpu_seconds": time.process_time() - spent,
        }
        self.epoch += 1
        self.progress = self._nothing()
        return figures

    def _nothing(self) -> Progress:
        return Progress(torch.zeros(3, dtype=torch.float64, device=self.device))

    def _step(self, batch: Sample, original: bool) -> tuple[torch.Tensor, torch.Tensor]:
        batch = Sample(*(part.to(self.device, non_blocking=True) for part in batch))
        with torch.no_grad():
            views = [
                view(batch.picture, batch.index, key(self.settings.seed, self.epoch, number))
                for number, view in enumerate(self._views(original))
            ]
        momentum = self.online.method.momentum
        if momentum:
            follow(self.slow_net, self.online.net, momentum)
            self.online.method.follow()
        with self._autocast():
            slow = None
            if original:
                with torch.no_grad():
                    slow = [self.slow_net(view) for view in views] if momentum else []
            loss, probed, hits = self.module(views, slow, batch.target, batch.label, self.switch.share)
        mean = (loss.float() * batch.weight).mean() + probed.float().mean()
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(mean).backward()
        self.scaler.step(self.optimiser)
        self.scaler.update()
        return loss.detach().float(), hits.detach()

    def _views(self, original: bool) -> tuple[View, ...]:
        return self.online.method.views(self.size) if original else (RELA_VIEW, RELA_VIEW)

    def _autocast(self) -> Any:
        kind = PRECISIONS[self.settings.precision]
        return torch.autocast(self.device.type, kind) if kind else contextlib.nullcontext()

    def _mode(self, *, train: bool) -> None:
        self.online.train(train)
        self.slow_net.train(train)
        if self.settings.normalisation == "frozen":
            for module in (*self.online.modules(), *self.slow_net.modules()):
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    @torch.no_grad()
    def features(self, pictures: torch.Tensor, batch_size: int = 512) -> torch.Tensor:
        """Features N × d of N × 3 × S × S uint8 pictures by the network as it is, in evaluation mode, without augmentation."""
        self._mode(train=False)
        parts = pictures.split(batch_size)
        return torch.cat([self.online.net(normalised(part.to(self.device).float() / 255)).float() for part in parts])

    def state_dict(self) -> dict[str, Any]:
        """What to keep in order to go on, between two steps; every rank calls it, since figures are summed over them."""
        parts = {name: getattr(self, name).state_dict() for name in ("online", "slow_net", "optimiser", "scaler", "switch")}
        sums = ranks.summed(self.progress.sums.clone()).tolist()
        progress = dataclasses.asdict(dataclasses.replace(self.progress, sums=torch.tensor(sums, dtype=torch.float64)))
        return parts | {"epoch": self.epoch, "steps": self.steps, "probed": self.probed, "progress": progress}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on where a state was kept, with any number of ranks."""
        for name in ("online", "slow_net", "optimiser", "scaler", "switch"):
            getattr(self, name).load_state_dict(state[name])
        self.epoch, self.steps, self.probed = state["epoch"], state["steps"], state["probed"]
        self.progress = Progress(**state["progress"])
        self.progress.sums = self.progress.sums.to(self.device) * (ranks.rank() == 0)
