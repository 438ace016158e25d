"""Encoded pictures of a home's samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from rela.home import Home
from rela.storage import RowGroups, located

COLUMNS = ["uri", "offset", "length"]


class Pictures:
    """The bytes of each sample's picture, by its row in `targets/`: pictures[row].

    They come from the home where it keeps them (`convert --keep-images`), else from the source: a file, a range of a tar, or a
    row of a Parquet file. `source` is the file system (of PyArrow or fsspec) that the source lies on where its URIs do not tell;
    `kept=False` reads the source although the home has them. Bytes that are not as they were listed raise ValueError. One for
    each process: workers that are forked or spawned open files of their own.
    """

    def __init__(self, home: Home, source: Any = None, kept: bool | None = None) -> None:
        self.home = home
        self.source = source
        has = "image" in home.schema("targets").names
        if kept and not has:
            raise LookupError(f"{home.uri} keeps no pictures: convert with --keep-images, or read the source")
        self.kept = has if kept is None else kept
        if self.kept:
            self._files = {file.path: file for file in home.files("targets")}
            self._ends = np.cumsum([file.rows for file in home.files("targets")])
        else:
            table = home.targets(COLUMNS)
            self._uri, self._offset, self._length = (table[name].combine_chunks() for name in COLUMNS)
        settings = home.manifest.conversion.settings["source"]
        self._parquet = settings["input_format"] == "parquet"
        self._column = settings.get("image_column", "image")
        self._start()

    def __getitem__(self, row: int) -> bytes:
        if self.kept:
            file = int(np.searchsorted(self._ends, row, side="right"))
            path = list(self._files)[file]
            return self._groups.value(path, int(row - self._ends[file] + self._files[path].rows))["bytes"]
        uri, length = self._uri[row].as_py(), self._length[row].as_py()
        data = self._of_source(uri, self._offset[row].as_py(), length)
        if len(data) != length:
            raise ValueError(f"{uri} has {len(data)} bytes, {length} were listed: the source has changed, convert again")
        return data

    def _of_source(self, uri: str, offset: int | None, length: int) -> bytes:
        if self._parquet:
            file, _, row = uri.rpartition("#")
            value = self._groups.value(file, int(row))
            return value["bytes"] if isinstance(value, dict) else value
        if offset is not None:
            if uri not in self._tars:
                self._tars[uri] = self._open(uri)
            return self._tars[uri].read_at(length, offset)
        with self._open(uri) as file:
            return file.read()

    def _open(self, uri: str) -> Any:
        filesystem, path = located(uri, self.source)
        return filesystem.open_input_file(path)

    def _open_kept(self, path: str) -> Any:
        return self.home.open_file(self._files[path])

    def _start(self) -> None:
        self._tars: dict[str, Any] = {}
        self._groups = RowGroups(self._open_kept, "image") if self.kept else RowGroups(self._open, self._column)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("_tars", "_groups")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._start()
