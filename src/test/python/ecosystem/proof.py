"""bin/proof's machinery on the demo's pictures: every row of the preset `tiny` is run, and a second call has nothing to do.

What the preset `tiny-gpu` trains on is packed, and trained on in another folder without rela.
"""

# needs: torch demo
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet
from PIL import Image
from rela.proof.cells import PRESETS, Row, rows

ROOT, WORK = Path(os.environ["RELA_ROOT"]), Path(os.environ["RELA_WORK"])
TINY = PRESETS["tiny"]


def is_whole(picture: Path) -> bool:
    """Whether a picture can be decoded: the demo has some that cannot."""
    try:
        Image.open(picture).convert("RGB")
    except OSError:
        return False
    return True


for kind in sorted(Path(os.environ["RELA_PICTURES"]).iterdir()):
    pictures = [picture for picture in sorted(kind.iterdir()) if is_whole(picture)]
    for part, chosen in (("train", pictures[: TINY.train]), ("test", pictures[TINY.train : TINY.train + TINY.test])):
        folder = WORK / "data" / part / kind.name
        folder.mkdir(parents=True)
        for picture in chosen:
            shutil.copy(picture, folder)


def proof(preset: str, work: str, rela: str | Path, *more: object) -> str:
    """What bin/proof says; it has to end well."""
    words = [sys.executable, ROOT / "bin/proof", preset, "--work", WORK / work, "--rela", rela, *more]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-2000:]} {done.stderr[-2000:]}"
    return done.stdout


def results(work: str, expected: list[Row]) -> list[dict]:
    """The results of a folder; each row has one."""
    found = pyarrow.parquet.read_table(WORK / work / "results.parquet").to_pylist()
    assert {(one["study"], one["name"]) for one in found} == {(row.study, row.name) for row in expected}
    assert all(0 < one["top1"] < 1 and one["samples"] > 0 and one["train_seconds"] > 0 for one in found)
    return found


made, data = rows(PRESETS["tiny"], "axis"), ("--data", WORK / "data")
first = proof("tiny", "work", ROOT / "bin/rela", *data)
scored = [one for one in results("work", made) if one["policy"] in ("middle", "orderdp", "infobatch")]
assert scored and all(one["score_seconds"] > 0 and one["select_seconds"] > 0 for one in scored)
again = proof("tiny", "work", ROOT / "bin/rela", *data)
cells = len({row.cell for row in made})
assert re.match(rf"{cells} cells, {cells} left\n", first) and again.startswith(f"{cells} cells, 0 left\n"), again[:200]
assert first[first.index("## claim") :] == again[again.index("## claim") :]

proof("tiny-gpu", "packing", ROOT / "bin/rela", *data, "--study", "policies", "--pack", WORK / "pack.zip")
with zipfile.ZipFile(WORK / "pack.zip") as archive:
    archive.extractall(WORK / "unpacked")
proof("tiny-gpu", "unpacked", "false", "--study", "policies")
packed = results("unpacked", [row for row in rows(PRESETS["tiny-gpu"], "axis") if row.study == "policies"])
print(f"{cells} cells, {len(made)} rows; {len(packed)} packed rows")
