"""manifest.json as typed records. What a record says of settings stays as it is written there: dictionaries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class TableFile:
    """One Parquet file of a table.

    `path` is below the home, `bytes` its length, `first` and `last` the smallest and the largest index of its rows (None for a
    table without an index and for a file without rows).
    """

    path: str
    rows: int
    bytes: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Run:
    """When and with what a command ran: times in ISO 8601 and UTC, seconds by part, versions and devices."""

    outcome: str
    start: str
    end: str
    seconds: Mapping[str, float]
    versions: Mapping[str, str]
    devices: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Counts:
    """Samples by fate: listed = converted + rejected. `selected` is the size of a subset, None where none was made."""

    listed: int
    converted: int
    rejected: int
    rejected_by_reason: Mapping[str, int] = field(default_factory=dict)
    selected: int | None = None


@dataclass(frozen=True)
class Conversion:
    """A record of `convert`: what was made of which source under which prior."""

    run: Run
    counts: Counts
    settings: Mapping[str, Any]
    prior: Mapping[str, Any]
    source: Mapping[str, Any]
    projection: Mapping[str, Any]
    command: str = "convert"


@dataclass(frozen=True)
class Epoch:
    """A record of `score`, `select` or `distill`. `losses` and `subset` are what it made, None where it made none."""

    command: str
    epoch: int
    run: Run
    counts: Counts
    losses: Mapping[str, Any] | None = None
    subset: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Other:
    """A record of any other command, such as `prune`; `fields` is all that it says."""

    command: str
    run: Run
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Manifest:
    """What a home holds: names of classes by label, every table's files, and a record for each command, newest last."""

    class_names: list[str]
    tables: Mapping[str, list[TableFile]]
    records: list[Conversion | Epoch | Other]

    @property
    def conversion(self) -> Conversion:
        """The newest conversion, which everything in the home belongs to."""
        return next(record for record in reversed(self.records) if isinstance(record, Conversion))

    def epochs(self, table: str) -> list[int]:
        """The epochs that "losses", "subsets" or "transfers" are there of, ascending."""
        prefix = f"{table}/epoch="
        return sorted(int(name.removeprefix(prefix)) for name in self.tables if name.startswith(prefix))

    def of_epoch(self, epoch: int) -> list[Epoch]:
        """Records of an epoch, newest last."""
        return [record for record in self.records if isinstance(record, Epoch) and record.epoch == epoch]


def parse(text: str | bytes, where: str) -> Manifest:
    """A manifest of its JSON. `where` names the file in errors; raises ValueError for another format or what is no manifest."""
    try:
        tree = json.loads(text)
        found = tree["format"]
        if found == FORMAT:
            tables = {name: [_made(TableFile, file) for file in files] for name, files in tree["tables"].items()}
            return Manifest(tree["class_names"], tables, [_record(record) for record in tree["records"]])
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as e:
        raise ValueError(f"{where} is damaged or no manifest ({type(e).__name__}: {e}): restore it, or convert again") from e
    newer = isinstance(found, int) and found > FORMAT
    repair = "take a newer rela" if newer else "convert again with --if-exists overwrite"
    raise ValueError(f"{where} has format {found}, and this reader knows format {FORMAT}: {repair}")


def _record(tree: dict[str, Any]) -> Conversion | Epoch | Other:
    run = _made(Run, tree["run"])
    if tree["command"] == "convert":
        result = tree["result"]
        counts = _made(Counts, result["counts"])
        return Conversion(run, counts, tree["settings"], tree["prior"], tree["source"], result["projection"])
    if "epoch" in tree:
        return _made(Epoch, {**tree, "run": run, "counts": _made(Counts, tree["counts"])})
    return Other(tree["command"], run, {key: value for key, value in tree.items() if key not in ("command", "run")})


def _made(kind: type, tree: dict[str, Any]) -> Any:
    """An instance of a record; fields that a later program has added are left out."""
    return kind(**{name: tree[name] for name in kind.__dataclass_fields__ if name in tree})
