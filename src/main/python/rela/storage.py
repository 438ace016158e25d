"""Where bytes lie: URIs as rela-convert writes them, on file systems of PyArrow or fsspec."""

from __future__ import annotations

import bisect
import itertools
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet

# Hadoop's names of a scheme, and PyArrow's.
ALIASES = {"s3a": "s3", "s3n": "s3"}


def located(uri: str | os.PathLike[str], filesystem: Any = None) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system that a URI or path lies on, and its path there. Nothing in the URI is percent-encoded.

    `filesystem`, of PyArrow or fsspec, is taken instead of the one that the URI's scheme names. Without it PyArrow's own are
    tried first (file, s3, gs, hdfs, abfs), then fsspec's.
    """
    scheme, authority, path = re.fullmatch(r"(?:([a-z][a-z0-9+.-]+):(?://([^/]*))?)?(.*)", os.fspath(uri), re.DOTALL).groups()
    scheme = ALIASES.get(scheme, scheme)
    if filesystem is not None:
        bucket = f"{authority}/" if authority and scheme not in (None, "file", "hdfs") else ""
        return _arrow(filesystem), bucket + (path.lstrip("/") if bucket else path)
    if scheme in (None, "file"):
        return pyarrow.fs.LocalFileSystem(), os.path.abspath(path)
    return _remote(scheme, authority or "", path)


def _remote(scheme: str, authority: str, path: str) -> tuple[pyarrow.fs.FileSystem, str]:
    found, root = _filesystem(scheme, authority)
    return found, f"{root.rstrip('/')}/{path.lstrip('/')}"


@lru_cache(maxsize=64)
def _filesystem(scheme: str, authority: str) -> tuple[pyarrow.fs.FileSystem, str]:
    uri = f"{scheme}://{authority}"
    try:
        return pyarrow.fs.FileSystem.from_uri(f"{uri}/")
    except pa.ArrowInvalid:
        try:
            import fsspec
        except ImportError as e:
            raise ValueError(f"PyArrow has no file system {scheme}: for {uri} install fsspec and what it needs there") from e
        found, root = fsspec.core.url_to_fs(uri)
        return _arrow(found), root


def _arrow(filesystem: Any) -> pyarrow.fs.FileSystem:
    if isinstance(filesystem, pyarrow.fs.FileSystem):
        return filesystem
    return pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(filesystem))


class RowGroups:
    """One column of Parquet files, read at random: keeps the row groups used last, up to `limit` bytes. Not for threads.

    `opener` opens a file by the name that `value` is given.
    """

    def __init__(self, opener: Callable[[str], pa.NativeFile], column: str, limit: int = 1 << 30) -> None:
        self.opener = opener
        self.column = column
        self.limit = limit
        self._files: dict[str, tuple[pyarrow.parquet.ParquetFile, list[int]]] = {}
        self._kept: OrderedDict[tuple[str, int], pa.Array] = OrderedDict()
        self._bytes = 0

    def value(self, path: str, row: int) -> Any:
        """The value in a row of a file, as Python has it; raises IndexError where the file has no such row."""
        if path not in self._files:
            file = pyarrow.parquet.ParquetFile(self.opener(path))
            rows = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
            self._files[path] = file, [0, *itertools.accumulate(rows)]
        file, ends = self._files[path]
        if not 0 <= row < ends[-1]:
            raise IndexError(f"{path} has {ends[-1]} rows, not row {row}: it has changed since it was converted, convert again")
        group = bisect.bisect_right(ends, row) - 1
        return self._group(file, path, group)[row - ends[group]].as_py()

    def _group(self, file: pyarrow.parquet.ParquetFile, path: str, group: int) -> pa.Array:
        key = path, group
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        read = file.read_row_group(group, columns=[self.column])[self.column].combine_chunks()
        self._kept[key] = read
        self._bytes += read.nbytes
        while self._bytes > self.limit and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return read


def write_whole(uri: str | os.PathLike[str], data: bytes | pa.Buffer, filesystem: Any = None) -> None:
    """Writes a file that nobody sees before it is whole; replaces one of that name."""
    found, path = located(uri, filesystem)
    folder, _, name = path.rpartition("/")
    # Readers of a folder, Spark among them, leave out what begins with a dot.
    part = f"{folder}/.{name}.part" if folder else f".{name}.part"
    if folder:
        found.create_dir(folder, recursive=True)
    with found.open_output_stream(part) as out:
        out.write(data)
    found.move(part, path)
