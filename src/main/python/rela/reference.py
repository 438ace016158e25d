"""The cache of the reference implementation of ReLA: the prior's features of a whole folder, from which it makes its own axes."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any

import numpy as np

from rela.home import Home, vectors
from rela.storage import located, write_whole


def write(home: Home, uri: str | os.PathLike[str], filesystem: Any = None) -> np.ndarray:
    """Writes a home's features as the file that the reference takes as `rela_data_path`, and returns them.

    It is a float tensor of N × D in the source's order, as torch.save writes it, N being the number of listed pictures. Rejected
    ones have a row of zeros, for the reference counts on one row for each picture; a warning tells how many. Needs torch.
    """
    import torch

    table = home.table("features")
    features = vectors(table["feature"])
    listed = home.manifest.conversion.counts.listed
    cache = np.zeros((listed, features.shape[1]), np.float32)
    cache[table["index"].to_numpy()] = features
    if listed > len(features):
        warnings.warn(
            f"{listed - len(features)} of {listed} pictures were rejected: their rows are zeros, and the reference makes its "
            "axes of those as well. Remove the files that rejects/ names to be rid of them.",
            stacklevel=2,
        )
    buffer = io.BytesIO()
    torch.save(torch.from_numpy(cache), buffer)
    write_whole(uri, buffer.getvalue(), filesystem)
    return cache


def read(uri: str | os.PathLike[str], filesystem: Any = None) -> np.ndarray:
    """The features of such a file, N × D float32. Needs torch; raises ValueError where it holds anything else."""
    import torch

    found, path = located(uri, filesystem)
    with found.open_input_file(path) as file:
        cache = torch.load(io.BytesIO(file.read()), map_location="cpu", weights_only=True)
    if not isinstance(cache, torch.Tensor) or cache.dim() != 2:
        raise ValueError(f"{os.fspath(uri)} holds {type(cache).__name__}, not a tensor of N × D features: is it the reference's?")
    return cache.float().numpy()
