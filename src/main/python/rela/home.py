"""A dataset home as one generation of tables."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs
import pyarrow.parquet

from rela import manifest as manifests
from rela.manifest import Manifest, TableFile
from rela.storage import located

POLL_SECONDS = 0.5
READS = 3


class WrittenAnew(RuntimeError):
    """A file that the manifest lists is gone: a command has replaced its table, or does at this moment. Open the home again."""


def open(uri: str | os.PathLike[str], filesystem: Any = None) -> Home:
    """Opens a home by its path or URI, such as "photos-rela" or "s3://bucket/photos-rela".

    `filesystem`, of PyArrow or fsspec, is where the home lies, for those that the URI's scheme and the environment do not
    describe. Raises FileNotFoundError where no command has finished a home, ValueError where its format is another.
    """
    return Home(uri, filesystem)


class Home:
    """A home as it was when it was opened.

    Tables are read by the manifest's list of files, so all that one Home reads is of one conversion; where that is gone,
    `WrittenAnew` says so. Epochs that were made since are found too. Tables are PyArrow's: `.to_pandas()`, or `vectors` of a
    column of lists.
    """

    def __init__(self, uri: str | os.PathLike[str], filesystem: Any = None) -> None:
        self.uri = os.fspath(uri)
        self.filesystem, self.path = located(uri, filesystem)
        self.path = self.path.rstrip("/")
        self.manifest = self._newest()

    def __repr__(self) -> str:
        return f"Home({self.uri!r}, {self.manifest.conversion.counts.converted} samples, {sorted(self.manifest.tables)})"

    @property
    def class_names(self) -> list[str]:
        """Names of the classes, by label; empty where the source names none."""
        return self.manifest.class_names

    def targets(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Samples and their targets in the order of `index`; `columns` chooses some of them."""
        return self.table("targets", columns)

    def losses(self, epoch: int) -> pa.Table:
        """The losses of an epoch, `index` and `loss`, in the order of `index`."""
        table = self.table(f"losses/epoch={epoch}")
        return table.sort_by("index")

    def subset(self, epoch: int, columns: Sequence[str] | None = None, *, wait: float = 0) -> pa.Table:
        """The subset of an epoch in the order in which it is written, which is shuffled.

        `wait` is how many seconds to wait until there is one; then TimeoutError is raised. Without it, LookupError is.
        """
        return self.table(f"subsets/epoch={epoch}", columns, wait=wait)

    def hardest(self, n: int, epoch: int | None = None) -> pa.Table:
        """The `n` samples with the largest losses of an epoch, the newest by default, largest first, with their targets."""
        return self.by_loss(epoch, descending=True).slice(0, n)

    def easiest(self, n: int, epoch: int | None = None) -> pa.Table:
        """The `n` samples with the smallest losses of an epoch, the newest by default, smallest first, with their targets."""
        return self.by_loss(epoch, descending=False).slice(0, n)

    def by_loss(self, epoch: int | None = None, *, descending: bool = True) -> pa.Table:
        """All samples that have a loss, without kept pictures, by loss and then index."""
        epochs = self.manifest.epochs("losses")
        if epoch is None and not epochs:
            raise LookupError(f"{self.uri} has no losses: rela score --home {self.uri} --epoch 0 --learner FILE makes some")
        losses = self.losses(epochs[-1] if epoch is None else epoch)
        names = [name for name in self.schema("targets").names if name != "image"]
        rows = pc.index_in(losses["index"], value_set=self.targets(["index"])["index"].combine_chunks())
        joined = self.targets(names).take(rows).append_column("loss", losses["loss"])
        return joined.sort_by([("loss", "descending" if descending else "ascending"), ("index", "ascending")])

    def hf(self, table: str = "targets", *, streaming: bool = False) -> Any:
        """A table, "targets" or "subsets/epoch=3", as a Dataset of Hugging Face `datasets`, or an IterableDataset of it.

        `image` is an Image and `label` a ClassLabel. `datasets` reads with fsspec, so that has to know the home's scheme.
        """
        import datasets

        features = datasets.Features.from_arrow_schema(self.schema(table))
        if "image" in features:
            features["image"] = datasets.Image()
        if "label" in features and self.class_names:
            features["label"] = datasets.ClassLabel(names=self.class_names)
        files = [self._uri(file) for file in self.files(table)]
        return datasets.load_dataset("parquet", data_files=files, split="train", features=features, streaming=streaming)

    def table(self, name: str, columns: Sequence[str] | None = None, *, wait: float = 0) -> pa.Table:
        """Any table of the manifest, such as "rejects" or "losses/epoch=7"."""
        files = self.files(name, wait=wait)
        tables = [self._read(name, file, lambda parquet: parquet.read(columns=columns)) for file in files]
        return pa.concat_tables(tables) if tables else self.schema(name).empty_table()

    def schema(self, name: str) -> pa.Schema:
        """The columns of a table."""
        return self._read(name, self.files(name)[0], lambda parquet: parquet.schema_arrow)

    def files(self, name: str, *, wait: float = 0) -> list[TableFile]:
        """The files of a table; where it was made since the home was opened, those of the manifest by now."""
        until = time.monotonic() + wait
        while name not in self.manifest.tables:
            newest = self._newest()
            self._require_same(newest, name)
            if name in newest.tables:
                self.manifest = newest
            elif time.monotonic() >= until:
                there = ", ".join(sorted(newest.tables))
                if wait:
                    raise TimeoutError(f"{self.uri} has no {name} after {wait} s: is the command that makes it running?")
                raise LookupError(f"{self.uri} has no {name}, but {there}: make it, or give wait=SECONDS")
            else:
                time.sleep(min(POLL_SECONDS, max(0.0, until - time.monotonic())))
        return self.manifest.tables[name]

    def open_file(self, file: TableFile) -> pa.NativeFile:
        """A file of a table, to be read at random; raises WrittenAnew where it is gone."""
        try:
            opened = self.filesystem.open_input_file(f"{self.path}/{file.path}")
        except FileNotFoundError as e:
            raise self._gone(file) from e
        if opened.size() != file.bytes:
            opened.close()
            raise self._gone(file)
        return opened

    def _read(self, name: str, file: TableFile, what: Any) -> Any:
        try:
            with self.open_file(file) as opened:
                return what(pyarrow.parquet.ParquetFile(opened))
        except OSError as e:
            # Of an object that was deleted since it was opened, stores say all sorts of things.
            info = self.filesystem.get_file_info(f"{self.path}/{file.path}")
            if info.type == pyarrow.fs.FileType.NotFound:
                raise self._gone(file) from e
            raise

    def _newest(self) -> Manifest:
        where = f"{self.path}/manifest.json"
        failure: Exception = ValueError(where)
        for _ in range(READS):
            try:
                file = self.filesystem.open_input_stream(where)
            except FileNotFoundError as e:
                raise FileNotFoundError(
                    f"{self.uri} has no manifest.json: name a home that rela convert has made, or wait for it"
                ) from e
            try:
                with file:
                    return manifests.parse(file.read(), where)
            except (OSError, ValueError) as e:
                # On an object store what is replaced while it is read is a part of it: its length was asked for before.
                failure = e
        raise failure

    def _require_same(self, newest: Manifest, name: str) -> None:
        begun = newest.conversion.run.start
        if begun != self.manifest.conversion.run.start:
            raise WrittenAnew(f"{self.uri} was converted anew, begun {begun}, since it was opened: open it again for {name}")

    def _gone(self, file: TableFile) -> WrittenAnew:
        newest = self._newest()
        known = any(file in files for files in newest.tables.values())
        why = "is being written anew at this moment, or damaged, which rela inspect tells" if known else "was written anew"
        return WrittenAnew(f"{self.uri} {why}: {file.path} is not as it was when the home was opened. Open it again")

    def _uri(self, file: TableFile) -> str:
        scheme = self.uri.partition("://")[0] if "://" in self.uri else ""
        if scheme in ("", "file"):
            return f"{self.path}/{file.path}"
        return f"{self.uri.rstrip('/')}/{file.path}".replace("s3a://", "s3://", 1)


def vectors(column: pa.ChunkedArray) -> np.ndarray:
    """A column of lists of one length, such as `target`, as a matrix of N × D float32."""
    lists = column.combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = pa.concat_arrays(lists.chunks)
    return lists.flatten().to_numpy(zero_copy_only=False).reshape(len(lists), -1 if len(lists) else 0)
