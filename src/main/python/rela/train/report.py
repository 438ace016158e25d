"""What a run tells of itself: a line an epoch, and at the end where the time went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTS = ("score", "select", "wait", "load", "train", "probe")


def line(row: Mapping[str, Any]) -> str:
    """An epoch's row of metrics in one line."""
    phase = "ReLA" if row["rela_steps"] == row["steps"] else "method" if not row["rela_steps"] else "ReLA, then method"
    said = [f"epoch {row['epoch']}: {phase}, {row['steps']} steps of {row['samples']} samples, loss {row['loss']:.4f}"]
    if row["online_top1"] is not None:
        said.append(f"online top-1 {row['online_top1']:.4f}")
    if row.get("probe_top1") is not None:
        said.append(f"probe top-1 {row['probe_top1']:.4f}")
    if row["rho"] is not None:
        said.append(f"rho {row['rho']:.4f}")
    spent = {part: row[f"{part}_seconds"] for part in PARTS}
    return ", ".join(said) + "; " + ", ".join(f"{part} {seconds:.1f} s" for part, seconds in spent.items() if seconds >= 0.05)


def costs(rows: list[dict[str, Any]], convert: float) -> str:
    """A table of seconds by part, each beside what it is of the training's; `convert` is what the conversion took."""
    seconds = {"convert": convert} | {part: sum(row[f"{part}_seconds"] for row in rows) for part in PARTS}
    train = seconds["train"]
    lines = ["part      seconds  of training"]
    lines += [f"{part:<8} {spent:8.1f}  {spent / train:10.1%}" for part, spent in seconds.items() if spent or part == "convert"]
    samples, cpu = sum(row["samples"] for row in rows), sum(row["cpu_seconds"] for row in rows)
    lines.append(f"{samples} samples trained on, {samples / train:.0f} a second; {cpu:.0f} s of processor time")
    return "\n".join(lines)
