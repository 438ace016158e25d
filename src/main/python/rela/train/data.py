"""Pictures of a home for a training: on its device, where they fit, else from workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from PIL import Image
from pyarrow.fs import LocalFileSystem

from rela.home import Home
from rela.storage import located
from rela.torch import EpochSampler, HomeDataset, ResidentHome, Sample, square

# Shares of the memory that is free now: a GPU has the network's activations to hold as well, a machine other programs.
GPU_SHARE, CPU_SHARE = 0.4, 0.25


class Loaded:
    """Pictures that workers read and decode for each batch anew; it has what a training uses of a ResidentHome."""

    def __init__(self, home: Home, size: int, device: torch.device, workers: int) -> None:
        self.data = HomeDataset(home, partial(_pixels, size=size))
        # PyArrow's remote file systems do not survive a fork.
        local = isinstance(home.filesystem, LocalFileSystem) and _source_is_local(home)
        context = None if not workers else "fork" if local else "spawn"
        # With a generator of its own a loader draws nothing from the one that networks draw from.
        self.options = {
            "generator": torch.Generator(),
            "num_workers": workers,
            "multiprocessing_context": context,
            "pin_memory": device.type == "cuda",
        }
        self.label = self.data.label

    def batches(self, sampler: EpochSampler, batch_size: int) -> Iterator[Sample]:
        """The batches of the epoch that a sampler has begun, but for a smaller last one."""
        return iter(torch.utils.data.DataLoader(self.data, batch_size, sampler=sampler, drop_last=True, **self.options))

    def parts(self, rows: np.ndarray, batch_size: int = 512) -> Iterator[torch.Tensor]:
        """Pictures of rows, in their order."""
        loader = torch.utils.data.DataLoader(self.data, batch_size, sampler=rows.tolist(), **self.options)
        return (batch.picture for batch in loader)


class Resident(ResidentHome):
    """A ResidentHome that gives pictures without their samples as well."""

    def parts(self, rows: np.ndarray, batch_size: int = 512) -> Iterator[torch.Tensor]:
        """Pictures of rows, in their order."""
        for part in torch.from_numpy(rows).split(batch_size):
            yield self.pictures[part.to(self.pictures.device)]


def pictures(home: Home, size: int, device: torch.device, resident: str, workers: int) -> Loaded | Resident:
    """A home's pictures, each cropped to size × size; `resident` is "yes", "no" or "auto", which asks how much memory is free."""
    if resident == "auto":
        needed = home.manifest.conversion.counts.converted * 3 * size * size
        resident = "yes" if needed <= _free(device) else "no"
    return Resident(home, size, device) if resident == "yes" else Loaded(home, size, device, workers)


def _free(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] * GPU_SHARE
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * CPU_SHARE


def _source_is_local(home: Home) -> bool:
    uris = home.targets(["uri"])["uri"]
    return not len(uris) or isinstance(located(uris[0].as_py())[0], LocalFileSystem)


def _pixels(picture: Image.Image, size: int) -> torch.Tensor:
    return torch.from_numpy(np.array(square(picture, size))).permute(2, 0, 1).contiguous()
