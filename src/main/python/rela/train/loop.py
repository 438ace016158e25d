"""A run from its first epoch to its last, or from where it was ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.nn.parallel import DistributedDataParallel

import rela
from rela.home import Home, WrittenAnew, vectors
from rela.torch import EpochSampler, LossLog, Sample, WholeSampler
from rela.train import data, ranks, report, subsets
from rela.train.command import Rela
from rela.train.failures import HOME, INPUT, SETTINGS, Refusal, Stopped, Stops
from rela.train.folder import RunFolder
from rela.train.options import Options
from rela.train.probe import probe
from rela.train.trainer import Trainer
from rela.train.views import draws, key

# Steps between two questions whether a signal has come to any of several processes.
STEPS_UNTIL_STOP = 10
# Of the prior's features, of which --level auto probes a fifth.
LEVEL_SAMPLES = 50_000


class Run:
    """One process of a run. `work` is all that it does; it raises Refusal and Stopped."""

    def __init__(self, asked: Options, device: torch.device) -> None:
        self.asked, self.device = asked, device
        if asked.batch_size % ranks.count():
            raise Refusal(SETTINGS, f"--batch-size {asked.batch_size} is not a multiple of {ranks.count()} processes: say one.")
        self.home = opened(asked.home)
        conversion = self.home.manifest.conversion
        self.size = asked.size or conversion.settings["view"]["input_size"]
        self.folder = RunFolder(asked.run)
        self.rela = Rela(asked.rela, asked.run / "rela.log") if asked.rela else None
        self.make = subsets.Subsets(asked, self.folder, self.rela).make if self.rela else subsets.nothing
        self.stops = Stops()
        self.rows: list[dict[str, Any]] = []
        self.seconds: dict[str, float] = {}

    def work(self) -> None:
        """Trains all epochs that are left."""
        try:
            self._begin()
            if self.trainer.epoch < self.asked.epochs:
                with self._timed("load"), self.stops.waiting():
                    self.pictures = self._pictures(self.home)
            while self.trainer.epoch < self.asked.epochs:
                self._subset()
                self._epoch()
            if ranks.rank() == 0:
                print(report.costs(self.rows, self.home.manifest.conversion.run.seconds["total"]), flush=True)
        except Stopped:
            self._close(at_once=True)
            raise
        finally:
            self._close()

    def _begin(self) -> None:
        identity = self.asked.identity() | {"--size": self.size, "conversion": self.home.manifest.conversion.run.start}
        ranks.first(lambda: self.folder.begin(identity))
        state = self.folder.checkpoint()
        level = state["level"] if state else ranks.first(self._level)
        table = self.home.targets(["target", "label"])
        labels = table["label"].drop_null()
        classes = max(len(self.home.class_names), int(np.max(labels.to_numpy(), initial=-1)) + 1)
        settings = self.asked.settings(level)
        try:
            self.trainer = Trainer(settings, self.size, vectors(table["target"].slice(0, 1)).shape[1], classes, self.device)
        except (ValueError, ImportError) as e:
            repair = f" Install {e.name}, or say another --net." if isinstance(e, ImportError) else ""
            raise Refusal(SETTINGS, f"{e}.{repair}") from e
        if state:
            self._restore(state)
        if ranks.rank() == 0:
            self.folder.forget_losses(self.trainer.steps)
        if ranks.count() > 1:
            self.trainer.module = DistributedDataParallel(self.trainer.online, find_unused_parameters=True)
        kind = WholeSampler if self.asked.subsets == "none" else EpochSampler
        self.sampler = kind(self.home, seed=self.asked.seed, wait=self.asked.wait)
        # What a network draws itself, such as dropout, is not the same for any number of processes.
        torch.manual_seed(key(self.asked.seed, 2, ranks.rank()) & 0x7FFFFFFFFFFFFFFF)
        if state:
            torch.set_rng_state(state["chance"])

    def _restore(self, state: dict[str, Any]) -> None:
        self.trainer.load_state_dict(state["trainer"])
        self.rows, self.seconds = state["rows"], state["seconds"]
        if ranks.rank() == 0:
            if self.rows:
                self.folder.write_metrics(self.rows)
            told = f"epoch {self.trainer.epoch}, behind {self.trainer.progress.steps} steps of it"
            print(f"goes on in {told}" if self.trainer.epoch < self.asked.epochs else "all epochs are done", flush=True)

    def _subset(self) -> None:
        """Sees to the subset of the epoch that comes, and takes it up."""
        epoch, taken = self.trainer.epoch, self.trainer.progress.steps * self.asked.batch_size

        def make() -> None:
            with self.stops.waiting():
                if not taken:
                    self.seconds |= self.make(epoch)
                with self._timed("wait"):
                    self._take_up(epoch, taken)

        ranks.first(make)
        if ranks.rank():
            self._take_up(epoch, taken)

    def _take_up(self, epoch: int, taken: int) -> None:
        begun = self.home.manifest.conversion.run.start
        self.sampler.home = opened(self.asked.home)
        try:
            if self.sampler.home.manifest.conversion.run.start != begun:
                raise WrittenAnew(f"{self.asked.home} was converted anew since this run began")
            self.sampler.set_epoch(epoch, taken)
        except (WrittenAnew, ValueError) as e:
            raise Refusal(HOME, f"{e}. Begin another run, by another --run.") from e
        except (LookupError, TimeoutError) as e:
            raise Refusal(INPUT, f"{e}. Or say --rela, or --subsets none.") from e

    def _epoch(self) -> None:
        trainer, asked, epoch = self.trainer, self.asked, self.trainer.epoch
        self.log = LossLog(trainer.steps) if asked.losses == "logged" else None
        self.logged = trainer.steps
        batch_size = asked.batch_size // ranks.count()
        if not trainer.progress.steps and len(self.sampler) < batch_size:
            samples = len(self.sampler) * ranks.count()
            raise Refusal(SETTINGS, f"epoch {epoch} has {samples} samples, --batch-size {asked.batch_size} wants more: say less.")
        figures = trainer.run_epoch(self._watched(self.pictures.batches(self.sampler, batch_size)), self.log)
        row = {"train_seconds" if name == "seconds" else name: value for name, value in figures.items()}
        if (epoch + 1) % asked.learner_every == 0 or epoch + 1 == asked.epochs:
            ranks.first(lambda: self.folder.write_learner(trainer, epoch))
        row["probe_top1"] = ranks.first(self._probe) if self._probes(epoch) else None
        row |= {f"{part}_seconds": self.seconds.get(part, 0.0) for part in report.PARTS if part != "train"}
        self.rows.append(row)
        self.seconds = {}
        self._keep()
        if ranks.rank() == 0:
            self.folder.write_metrics(self.rows)
            print(report.line(row), flush=True)
        self._stop_if_asked()

    def _watched(self, batches: Iterator[Sample]) -> Iterator[Sample]:
        """The batches; after each one's step a checkpoint where it is time for one, and an end where a signal has come."""
        every = self.asked.checkpoint_steps
        for batch in batches:
            yield batch
            steps = self.trainer.progress.steps
            stop = self.stops.asked
            if ranks.count() > 1:
                stop = ranks.largest(stop) if steps % STEPS_UNTIL_STOP == 0 else 0
            if stop or (every and steps % every == 0):
                self._keep()
            if stop:
                self._stop(stop)

    def _stop_if_asked(self) -> None:
        stop = ranks.largest(self.stops.asked)
        if stop and self.trainer.epoch < self.asked.epochs:
            self._stop(stop)

    def _stop(self, signum: int) -> None:
        stopped = Stopped(signum)
        stopped.told = ranks.rank() != 0
        raise stopped

    def _keep(self) -> None:
        """Writes the checkpoint, and what was logged up to it."""
        trainer = self.trainer
        if self.log is not None:
            self.folder.write_losses(self.log, self.logged, ranks.rank())
            self.logged = self.log.step
        state = trainer.state_dict()
        kept = {"trainer": state, "rows": self.rows, "seconds": self.seconds, "level": trainer.settings.level}
        ranks.first(lambda: self.folder.write_checkpoint(kept | {"chance": torch.get_rng_state()}))

    def _probes(self, epoch: int) -> bool:
        if self.asked.test_home is None:
            return False
        return epoch + 1 == self.asked.epochs or bool(self.asked.probe_every and (epoch + 1) % self.asked.probe_every == 0)

    def _probe(self) -> float:
        """Top-1 of a linear probe of the network's features, fitted on the home, on the test home."""
        with self._timed("probe"):
            if not hasattr(self, "tested"):
                home = opened(self.asked.test_home)
                if home.class_names != self.home.class_names or not self.home.class_names:
                    raise Refusal(
                        SETTINGS, f"--test-home {home.uri} has classes {home.class_names}, not {self.home.class_names}."
                    )
                self.tested = self._pictures(home)
            return probe(self._features(self.pictures), self._features(self.tested))

    def _pictures(self, home: Home) -> data.Loaded | data.Resident:
        try:
            return data.pictures(home, self.size, self.device, self.asked.resident, self.asked.workers)
        except (OSError, ValueError) as e:
            raise Refusal(INPUT, f"the pictures of {home.uri} cannot be read: {e}. Make them readable, or convert again.") from e

    def _features(self, pictures: data.Loaded | data.Resident) -> tuple[torch.Tensor, torch.Tensor]:
        rows = torch.nonzero(pictures.label.cpu() >= 0)[:, 0]
        found = torch.cat([self.trainer.features(part) for part in pictures.parts(rows.numpy())])
        return found, pictures.label.to(self.device)[rows.to(self.device)]

    def _level(self) -> float:
        """What ends the ReLA phase by the rule "teacher": auto is a probe of the prior's features on a fifth of the samples."""
        if self.asked.level != "auto":
            return float(self.asked.level or 1.0)
        table = self.home.table("features").sort_by("index")
        feature, index = (torch.from_numpy(part.copy()) for part in (vectors(table["feature"]), table["index"].to_numpy()))
        label = torch.from_numpy(self.home.targets(["label"])["label"].fill_null(-1).to_numpy()).long()
        order = draws(key(self.asked.seed, 3), index, 1)[:, 0].argsort()
        order = order[label[order] >= 0][:LEVEL_SAMPLES]
        if len(order) < 2:
            raise Refusal(SETTINGS, f"--level auto needs labels, and {self.home.uri} has none: say a share, or another --switch.")
        fifth = max(1, len(order) // 5)
        level = probe(*((feature[part].to(self.device), label[part].to(self.device)) for part in (order[fifth:], order[:fifth])))
        print(f"the prior's features give top-1 {level:.4f}, which ends the ReLA phase", flush=True)
        return level

    @contextlib.contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.monotonic() - begun

    def _close(self, *, at_once: bool = False) -> None:
        if self.rela is not None:
            self.rela.close(at_once=at_once)
        self.folder.close()
        self.stops.close()


def opened(uri: str) -> Home:
    """A home; raises Refusal where there is none."""
    try:
        return rela.open(uri)
    except (OSError, ValueError) as e:
        raise Refusal(INPUT, f"{e}.") from e
