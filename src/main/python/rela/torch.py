"""Training in PyTorch on a home's epochs: pictures, targets and weights in, a learner and its losses out."""

from __future__ import annotations

import copy
import io
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import torch
from PIL import Image

from rela.home import Home, vectors
from rela.pictures import Pictures
from rela.storage import write_whole


class Sample(NamedTuple):
    """A sample, or a batch of them: `index` and `label` int64 (-1 without a label), `weight` float32."""

    picture: Any
    target: torch.Tensor
    index: torch.Tensor
    weight: torch.Tensor
    label: torch.Tensor


class HomeDataset(torch.utils.data.Dataset):
    """All samples of a home; an EpochSampler says which of them an epoch trains on, and with which weight.

    dataset[row] is the sample in a row of `targets/`, of weight 1; dataset[row, weight] has that weight. `transform` makes of an
    RGB picture of Pillow what the training takes; without one it is a uint8 tensor of 3 × height × width. Targets are in memory;
    pictures are read when they are asked for, from where `Pictures` says.
    """

    def __init__(self, home: Home, transform: Callable | None = None, *, source: Any = None, kept: bool | None = None) -> None:
        self.transform = transform or _as_tensor
        self.pictures = Pictures(home, source, kept)
        self.index, self.target, self.label = _columns(home)

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, key: int | tuple[int, float]) -> Sample:
        row, weight = key if isinstance(key, tuple) else (key, 1.0)
        picture = Image.open(io.BytesIO(self.pictures[row])).convert("RGB")
        values = self.index[row], torch.tensor(weight, dtype=torch.float32), self.label[row]
        return Sample(self.transform(picture), self.target[row], *values)


class EpochSampler(torch.utils.data.Sampler):
    """What an epoch trains on: (row, weight) of each sample of its subset, shuffled by seed and epoch, for one rank.

    Each rank has the same number of samples and no sample is in two; of a subset of n those n mod ranks that are left out, which
    change by epoch, are counted in `left_out`. Call `set_epoch` before each epoch; `wait` is how many seconds that waits for the
    subset to be made. Ranks are those of torch.distributed where it runs, else one.
    """

    def __init__(self, home: Home, *, seed: int = 0, rank: int | None = None, ranks: int | None = None, wait: float = 0) -> None:
        running = torch.distributed.is_available() and torch.distributed.is_initialized()
        self.rank = rank if rank is not None else torch.distributed.get_rank() if running else 0
        self.ranks = ranks if ranks is not None else torch.distributed.get_world_size() if running else 1
        if not 0 <= self.rank < self.ranks:
            raise ValueError(f"rank {self.rank} of {self.ranks} ranks: ranks count from 0 to {self.ranks - 1}")
        self.home, self.seed, self.wait = home, seed, wait
        self.epoch: int | None = None
        self._index = home.targets(["index"])["index"].to_numpy()

    def set_epoch(self, epoch: int, taken: int = 0) -> None:
        """Takes up the subset of an epoch, behind the samples that all ranks together have already `taken` of it."""
        rows, weights = self._chosen(epoch)
        if not 0 <= taken <= len(rows):
            raise ValueError(f"taken is {taken}, but the subset of epoch {epoch} has {len(rows)} samples: say 0 to begin it")
        order = np.random.default_rng([self.seed, epoch]).permutation(len(rows))[taken:]
        self.left_out = len(order) % self.ranks
        mine = order[: len(order) - self.left_out][self.rank :: self.ranks]
        self.epoch, self.rows, self.weights = epoch, rows[mine], weights[mine]

    def _chosen(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        subset = self.home.subset(epoch, ["index", "weight"], wait=self.wait)
        return np.searchsorted(self._index, subset["index"].to_numpy()), subset["weight"].to_numpy()

    def __len__(self) -> int:
        return len(self._begun().rows)

    def __iter__(self) -> Iterator[tuple[int, float]]:
        begun = self._begun()
        return zip(begun.rows.tolist(), begun.weights.tolist(), strict=True)

    def state_dict(self, taken: int) -> dict[str, int]:
        """What to keep in order to go on: `taken` is how many samples all ranks together have trained on in this epoch."""
        return {"epoch": self._begun().epoch, "seed": self.seed, "taken": taken}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Goes on behind the samples that were taken, with any number of ranks."""
        self.seed = state["seed"]
        self.set_epoch(state["epoch"], state["taken"])

    def _begun(self) -> EpochSampler:
        if self.epoch is None:
            raise RuntimeError("no epoch was begun: call set_epoch(epoch) before each one")
        return self


class WholeSampler(EpochSampler):
    """An EpochSampler of epochs that train on all samples, each of weight 1, whatever subsets the home has."""

    def _chosen(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        return np.arange(len(self._index)), np.ones(len(self._index), np.float32)


class ResidentHome:
    """A home that fits into a device's memory, pictures and all: then an epoch is a matter of indexing.

    `pictures` is N × 3 × size × size uint8 on `device`, each resized to `size` by its shorter side and cropped at the centre;
    augmentation is the training's, on the batch. The other arguments are those of HomeDataset.
    """

    def __init__(
        self, home: Home, size: int, device: str | torch.device = "cpu", *, source: Any = None, kept: bool | None = None
    ) -> None:
        encoded = Pictures(home, source, kept)
        index, target, label = _columns(home)
        pictures = np.empty((len(index), 3, size, size), np.uint8)

        def decode(row: int, data: bytes) -> None:
            pictures[row] = np.asarray(square(Image.open(io.BytesIO(data)), size)).transpose(2, 0, 1)

        with ThreadPoolExecutor() as pool:
            for start in range(0, len(index), 1024):
                rows = range(start, min(start + 1024, len(index)))
                list(pool.map(decode, rows, [encoded[row] for row in rows]))
        self.pictures = torch.from_numpy(pictures).to(device)
        self.index, self.target, self.label = index.to(device), target.to(device), label.to(device)

    def batches(self, sampler: EpochSampler, batch_size: int, *, drop_last: bool = True) -> Iterator[Sample]:
        """The batches of the epoch that a sampler has begun."""
        device = self.pictures.device
        rows = torch.from_numpy(sampler._begun().rows).to(device)
        weights = torch.from_numpy(sampler.weights).to(device)
        end = len(rows) - len(rows) % batch_size if drop_last else len(rows)
        for start in range(0, end, batch_size):
            chosen, weight = rows[start : start + batch_size], weights[start : start + batch_size]
            columns = (column[chosen] for column in (self.pictures, self.target, self.index))
            yield Sample(*columns, weight, self.label[chosen])


class LossLog:
    """Losses that a training computes anyway, by sample, for `rela select --losses`.

    `add` does not wait for the device; `write` does. `step` is the number of the first batch: a run that goes on after another
    one counts on, since of two losses of a sample the one of the later step holds.
    """

    def __init__(self, step: int = 0) -> None:
        self.step = step
        self._batches: list[tuple[torch.Tensor, torch.Tensor, int]] = []

    def add(self, index: torch.Tensor, loss: torch.Tensor) -> None:
        """Adds the losses of a batch, one for each sample, without their weights."""
        if index.shape != loss.shape or index.dim() != 1:
            raise ValueError(
                f"index has shape {tuple(index.shape)}, loss {tuple(loss.shape)}: give one loss for each sample, not their mean"
            )
        self._batches.append((index.detach(), loss.detach().to(torch.float32, copy=True), self.step))
        self.step += 1

    def write(self, uri: str | os.PathLike[str], filesystem: Any = None) -> int:
        """Writes a Parquet file of `index`, `loss` and `step`, and forgets them; returns how many rows.

        Each rank writes its own file into one folder, which `select --losses` takes as a whole.
        """
        if not self._batches:
            raise ValueError(f"no losses to write to {os.fspath(uri)}: add(index, loss) comes first")
        indices, losses, steps = zip(*self._batches, strict=True)
        index, loss = (torch.cat([part.cpu() for part in parts]).numpy() for parts in (indices, losses))
        step = np.repeat(np.array(steps, np.int64), [len(part) for part in losses])
        out = pa.BufferOutputStream()
        pyarrow.parquet.write_table(pa.table({"index": index.astype(np.int64), "loss": loss, "step": step}), out)
        write_whole(uri, out.getvalue(), filesystem)
        self._batches = []
        return len(loss)


def save_learner(
    module: torch.nn.Module,
    uri: str | os.PathLike[str],
    size: int,
    *,
    state_dict: Mapping[str, torch.Tensor] | None = None,
    filesystem: Any = None,
) -> int:
    """Writes a module as the TorchScript that `rela score --learner` takes, checked; returns how many values it gives.

    It sees N × 3 × size × size. The module goes on training as before; what is written is a copy of it in evaluation mode on the
    CPU, out of DistributedDataParallel and torch.compile. `state_dict`, a trainer's of such a module, replaces the weights.
    Raises ValueError where it gives anything but finite N × D float32, or another picture's features depend on the batch.
    """
    while not isinstance(module, torch.jit.ScriptModule) and (inner := _inner(module)) is not None:
        module = inner
    with torch.no_grad():
        net = copy.deepcopy(module).cpu().eval()
    if state_dict is not None:
        net.load_state_dict({_plain(name): value for name, value in state_dict.items()})
    pictures = torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = _features(net(pictures), 3)
        traced = net if isinstance(net, torch.jit.ScriptModule) else torch.jit.trace(net, pictures, check_trace=False)
        buffer = io.BytesIO()
        torch.jit.save(torch.jit.freeze(traced) if hasattr(traced, "training") else traced, buffer)
        buffer.seek(0)
        again = torch.jit.load(buffer)
        for part in (pictures, pictures[:1]):
            given = _features(again(part), len(part))
            if not torch.allclose(given, expected[: len(part)], rtol=1e-3, atol=1e-3 * expected.abs().max().item()):
                raise ValueError(
                    f"the traced learner gives other values for {len(part)} pictures than the module for 3: it must not depend "
                    "on chance or on the rest of the batch, nor branch by its input"
                )
    write_whole(uri, buffer.getvalue(), filesystem)
    return expected.shape[1]


def _inner(module: torch.nn.Module) -> torch.nn.Module | None:
    if isinstance(module, (torch.nn.parallel.DistributedDataParallel, torch.nn.DataParallel)):
        return module.module
    return getattr(module, "_orig_mod", None)


def _plain(name: str) -> str:
    """The name of a weight without what wrappers put before it."""
    while name.startswith(("module.", "_orig_mod.")):
        name = name.partition(".")[2]
    return name


def _features(given: Any, n: int) -> torch.Tensor:
    fits = isinstance(given, torch.Tensor) and given.dim() == 2 and len(given) == n and given.dtype == torch.float32
    if not fits or not torch.isfinite(given).all():
        what = f"{given.dtype} {tuple(given.shape)}" if isinstance(given, torch.Tensor) else type(given).__name__
        raise ValueError(f"the learner gives {what} for {n} pictures, not finite float32 {n} × D: pool, flatten or cast inside")
    return given


def _columns(home: Home) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Index, target and label of all samples, by row of `targets/`."""
    table = home.targets(["index", "target", "label"])
    label = table["label"].cast(pa.int64()).fill_null(-1).to_numpy()
    return tuple(torch.from_numpy(np.array(part)) for part in (table["index"].to_numpy(), vectors(table["target"]), label))


def _as_tensor(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous()


def square(picture: Image.Image, size: int) -> Image.Image:
    """A picture resized to `size` by its shorter side (bilinear) and cropped at the centre, as RGB."""
    picture = picture.convert("RGB")
    scale = size / min(picture.size)
    wide, high = (max(size, int(side * scale)) for side in picture.size)
    left, top = round((wide - size) / 2), round((high - size) / 2)
    return picture.resize((wide, high), Image.Resampling.BILINEAR).crop((left, top, left + size, top + size))
