"""What the cells came to: tables of means and standard errors, a plot, and the raw results as Parquet."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from rela.proof.cells import Cell, Row


class Results:
    """The cells of a folder that have ended."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.cells = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((work / "cells").glob("*.json"))}

    @staticmethod
    def take(known: Path, work: Path) -> int:
        """Makes the cells of a results.parquet those of a folder as well; returns how many it had not."""
        taken = 0
        for row in pyarrow.parquet.read_table(known).drop_columns(["study", "name"]).to_pylist():
            file = work / "cells" / f"{Cell(**{name: row[name] for name in Cell.__dataclass_fields__}).id}.json"
            if not file.exists():
                file.write_text(json.dumps(row), "utf-8")
                taken += 1
        return taken

    def of(self, row: Row, seeds: int) -> list[dict]:
        """The results of a row's seeds, as far as there are any."""
        ids = [row.seeded(seed).id for seed in range(1, seeds + 1)]
        return [self.cells[one] for one in ids if one in self.cells]

    def markdown(self, rows: Iterable[Row], seeds: int, references: dict[str, Any]) -> str:
        """A table for each study: top-1 by a linear probe, its standard error over seeds, and what was paid for it.

        `references` are those of references.json, or nothing.
        """
        studies: dict[str, list[str]] = {}
        for row in rows:
            found = self.of(row, seeds)
            if not found:
                continue
            mean, error = mean_and_error([one["top1"] for one in found])
            pictures = sum(one["samples"] for one in found) / len(found)
            parts = (sum(one[f"{part}_seconds"] for one in found) / len(found) for part in ("train", "score", "select"))
            train, score, select = parts
            convert = references.get("seconds", 0.0) if row.cell.targets else 0.0
            share = (convert + score + select) / train
            figures = [f"{100 * mean:.1f}", "" if error is None else f"{100 * error:.1f}", str(len(found)), f"{pictures:,.0f}"]
            line = " | ".join(
                [row.name, *figures, *(f"{one:.0f}" for one in (convert, train, score, select)), f"{100 * share:.0f}%"]
            )
            studies.setdefault(row.study, []).append(f"| {line} |")
        names = ["top-1, %", "±", "seeds", "pictures trained", "convert, s", "train, s", "score, s", "select, s", "of training"]
        head = f"| | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}"
        parts = [f"## {study}\n\n{head}\n" + "\n".join(lines) for study, lines in studies.items()]
        if references:
            lines = [f"| {name} | {100 * value:.1f} |" for name, value in references["probes"].items()]
            parts.append("## Without training\n\n| | top-1, % |\n| --- | ---: |\n" + "\n".join(lines))
        return "\n\n".join(parts) + "\n"

    def write(self, rows: Iterable[Row], seeds: int) -> int:
        """Writes results.parquet, a row for each cell that belongs to a row; returns how many."""
        listed = [{"study": row.study, "name": row.name} | one for row in rows for one in self.of(row, seeds)]
        if listed:
            pyarrow.parquet.write_table(pa.Table.from_pylist(listed), self.work / "results.parquet")
        return len(listed)

    def plot(self, rows: Iterable[Row], seeds: int, file: Path) -> None:
        """Points of the means with their standard errors, a panel for each study; needs matplotlib."""
        import matplotlib

        matplotlib.use("agg")
        import matplotlib.pyplot as plt

        studies: dict[str, list[tuple[str, float, float]]] = {}
        for row in rows:
            found = self.of(row, seeds)
            if found:
                mean, error = mean_and_error([one["top1"] for one in found])
                studies.setdefault(row.study, []).append((row.name, 100 * mean, 100 * (error or 0)))
        heights = [len(points) for points in studies.values()]
        figure, axes = plt.subplots(
            len(studies), 1, figsize=(9, 1.2 + 0.24 * sum(heights)), height_ratios=heights, squeeze=False, layout="constrained"
        )
        for axis, (study, points) in zip(axes[:, 0], studies.items(), strict=True):
            names, means, errors = zip(*reversed(points), strict=True)
            axis.errorbar(means, names, xerr=errors, fmt="o", markersize=4, color="#2f5d8c", capsize=2)
            axis.grid(axis="x", linewidth=0.4)
            axis.set_ylim(-0.8, len(names) - 0.2)
            axis.set_title(study, loc="left")
            axis.tick_params(labelsize=7)
        axes[-1, 0].set_xlabel("top-1 of a linear probe, %; points are means over seeds, lines their standard errors")
        figure.savefig(file, dpi=110)
        plt.close(figure)


def mean_and_error(values: list[float]) -> tuple[float, float | None]:
    """The mean, and its standard error over the values; none for one value."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, None
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
