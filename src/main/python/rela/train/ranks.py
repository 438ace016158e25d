"""The processes of a run: torchrun starts several, and a run without it is the only one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
from torch import distributed

from rela.train.failures import DEVICE, Refusal

# Words go over the CPU, and without hurry: a rank may wait for days for what the first one does.
_words: Any = None


@contextmanager
def joined(asked: str) -> Iterator[torch.device]:
    """Joins the processes that torchrun has started, and gives this one's device: of "auto", "cpu" and "cuda"."""
    global _words
    device = _device(asked, int(os.environ.get("LOCAL_RANK", 0)))
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield device
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    _words = distributed.new_group(backend="gloo", timeout=timedelta(days=7))
    try:
        yield device
    finally:
        distributed.destroy_process_group()


def _device(asked: str, local: int) -> torch.device:
    if asked == "cpu" or (asked == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise Refusal(DEVICE, "--device cuda: PyTorch sees no GPU here. Install a PyTorch with CUDA, or say auto or cpu.")
    if local >= torch.cuda.device_count():
        raise Refusal(DEVICE, f"process {local} of this machine has no GPU of {torch.cuda.device_count()}: start fewer.")
    return torch.device("cuda", local)


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


def first(work: Callable[[], Any]) -> Any:
    """What `work` gives, or raises, on rank 0, on each of them; the others wait."""
    if not _several():
        return work()
    told: list[Any] = [None]
    if rank() == 0:
        try:
            told = [(work(), None)]
        except Exception as e:
            told = [(None, e)]
    distributed.broadcast_object_list(told, src=0, group=_words)
    value, failure = told[0]
    if failure is not None:
        failure.told = rank() != 0
        raise failure
    return value


def largest(value: int) -> int:
    """The largest of the values that the processes have."""
    if not _several():
        return value
    values = torch.tensor([value])
    distributed.all_reduce(values, distributed.ReduceOp.MAX, group=_words)
    return int(values)


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized()
