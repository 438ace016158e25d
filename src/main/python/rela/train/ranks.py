"""Sums over the processes of a run, where torch.distributed runs several."""

from __future__ import annotations

import torch
from torch import distributed


def rank() -> int:
    """Which process this is, from 0."""
    return distributed.get_rank() if _several() else 0


def count() -> int:
    """Number of processes."""
    return distributed.get_world_size() if _several() else 1


def summed(values: torch.Tensor) -> torch.Tensor:
    """The sum over all processes, in place, on each of them."""
    if _several():
        distributed.all_reduce(values)
    return values


def mean(values: torch.Tensor) -> torch.Tensor:
    """The mean over all processes, in place, on each of them."""
    return summed(values).div_(count()) if _several() else values


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized()
