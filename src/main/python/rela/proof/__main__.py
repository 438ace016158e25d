"""The command line of bin/proof."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from pathlib import Path

import torch

from rela.proof.cells import FORMS, PRESETS, Cell, Preset, Row, rows
from rela.proof.material import Material, Wanted
from rela.proof.run import alone, by_proxy, references, run_cell
from rela.proof.tables import Results
from rela.train.command import Rela
from rela.train.failures import UNEXPECTED, Refusal

EPILOG = """\
The folder keeps what is finished: the same command goes on from there, cell by cell, and --only-tables tells what there is.
A machine without Java trains on what another one has packed: unpack the file into a folder, and name that one as --work.
"""


def arguments() -> argparse.ArgumentParser:
    """What the program takes."""
    parser = argparse.ArgumentParser(
        prog="bin/proof",
        description="Tests on small runs whether a home's targets and subsets help: each row of the tables is a training run for "
        "each seed, evaluated by a linear probe on pictures that it has not seen.",
        epilog=EPILOG,
    )
    parser.add_argument("preset", choices=PRESETS, help="tiny: the machinery; cpu: two cores; gpu: one GPU")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="folder of everything that is made")
    parser.add_argument("--data", type=Path, metavar="DIR", help="has train/CLASS/*.jpg and test/CLASS/*.jpg of 32 × 32")
    parser.add_argument(
        "--priors", type=Path, metavar="DIR", default=Path(), help="has mobilenet_v2.pt and efficientnet_lite0.pt"
    )
    parser.add_argument("--rela", default=os.environ.get("RELA", "bin/rela"), metavar="COMMAND", help="what runs rela")
    parser.add_argument("--study", action="append", metavar="NAME", help="only this one: claim, targets or policies")
    parser.add_argument("--row", action="append", metavar="TEXT", help="only rows with this in their name")
    parser.add_argument("--seeds", type=int, metavar="N", help="how many seeds, from 1 on (default: the preset's)")
    parser.add_argument("--form", default="axis", choices=FORMS, help="the targets' form where it is not what is compared")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="cells at a time, one thread each")
    parser.add_argument("--until", type=float, metavar="SECONDS", help="begins no cell after so many seconds")
    parser.add_argument("--known", type=Path, metavar="FILE", help="a results.parquet whose cells need not be run again")
    parser.add_argument("--only-tables", action="store_true", help="trains nothing")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="what trains (default: cuda if any)")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="trains nothing: makes a zip of what the training takes")
    return parser


def main() -> int:
    """Runs what is missing, and writes the tables; returns the exit code."""
    try:
        return _run()
    except Refusal as refusal:
        print(f"bin/proof: {refusal.message}", file=sys.stderr)
        return refusal.code


def _run() -> int:
    asked = arguments().parse_args()
    work = asked.work.absolute()
    preset = PRESETS[asked.preset]
    seeds = asked.seeds or preset.seeds
    wanted = [row for row in rows(preset, asked.form) if not asked.study or row.study in asked.study]
    wanted = [row for row in wanted if not asked.row or any(text in row.name for text in asked.row)]
    for name in ("cells", "logs"):
        (work / name).mkdir(parents=True, exist_ok=True)
    if asked.known:
        print(f"{Results.take(asked.known, work)} cells of {asked.known}")
    if not asked.only_tables:
        cells = {cell.id: cell for seed in range(1, seeds + 1) for cell in (row.seeded(seed) for row in wanted)}
        _make(asked, work, preset, list(cells.values()))
        if asked.pack:
            print(f"{asked.pack}: {Material(work).pack(preset, list(cells.values()), asked.pack):,} bytes")
            return 0
        _train(asked, work, preset, cells)
    return _tell(work, wanted, seeds)


def _make(asked: argparse.Namespace, work: Path, preset: Preset, cells: list[Cell]) -> None:
    """Makes what cells train on, as far as it is missing."""
    commands, material = Rela(asked.rela, work / "logs" / "material.log"), Material(work)
    try:
        material.make(Wanted(asked.data, asked.priors, preset, asked.form, cells), commands)
        by_proxy(cells, preset, material, commands)
    finally:
        commands.close()
    references(material, preset, "cpu", nets=False)


def _train(asked: argparse.Namespace, work: Path, preset: Preset, cells: dict[str, Cell]) -> None:
    """Runs the cells that have no result, so many at a time, each in a process of one thread."""
    begun = time.monotonic()
    device = asked.device if asked.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    references(Material(work), preset, device, nets=True)
    left = [cell for name, cell in cells.items() if not (work / "cells" / f"{name}.json").exists()]
    print(f"{len(cells)} cells, {len(left)} left", flush=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    running = {}
    with ProcessPoolExecutor(asked.jobs, multiprocessing.get_context("spawn"), alone) as pool:
        while left or running:
            late = asked.until is not None and time.monotonic() - begun > asked.until
            while left and not late and len(running) < asked.jobs:
                cell = left.pop(0)
                running[pool.submit(run_cell, work, cell, asked.rela, device)] = cell
            if not running:
                break
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                _ended(work, running.pop(ended), ended, len(left))


def _ended(work: Path, cell: Cell, ended: Future, left: int) -> None:
    try:
        ended.result()
    except BrokenExecutor as e:
        raise Refusal(UNEXPECTED, f"a process was killed, perhaps for want of memory: say fewer --jobs ({e})") from e
    result = json.loads((work / "cells" / f"{cell.id}.json").read_text("utf-8"))
    what = f"{cell.net} {cell.method} {cell.targets} {cell.values} {cell.policy} {cell.options} at {cell.ratio}, seed {cell.seed}"
    print(f"{100 * result['top1']:.1f}%  {result['seconds']:.0f} s  {left} left  {what}", flush=True)


def _tell(work: Path, wanted: list[Row], seeds: int) -> int:
    results = Results(work)
    file = work / "references.json"
    found = json.loads(file.read_text("utf-8")) if file.exists() else {}
    (work / "results.md").write_text(results.markdown(wanted, seeds, found), "utf-8")
    ended = results.write(wanted, seeds)
    print((work / "results.md").read_text("utf-8"))
    try:
        if ended:
            results.plot(wanted, seeds, work / "results.png")
    except ImportError:
        print("no plot: it needs matplotlib")
    print(f"{ended} results of {seeds * len(wanted)} in {work / 'results.parquet'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
