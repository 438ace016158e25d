"""bin/proof's machinery on the demo's pictures: every row of the preset `tiny` is run, and a second call has nothing to do."""

# needs: torch demo
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
from PIL import Image
from rela.proof.cells import PRESETS, rows

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


def proof() -> str:
    """What bin/proof says; it has to end well."""
    words = [sys.executable, ROOT / "bin/proof", "tiny", "--data", WORK / "data", "--work", WORK / "work"]
    done = subprocess.run([*words, "--rela", ROOT / "bin/rela"], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-2000:]} {done.stderr[-2000:]}"
    return done.stdout


made = rows(TINY, "axis")
first = proof()
results = pyarrow.parquet.read_table(WORK / "work/results.parquet").to_pylist()
assert {(one["study"], one["name"]) for one in results} == {(row.study, row.name) for row in made}
assert all(0 < one["top1"] < 1 and one["samples"] > 0 and one["train_seconds"] > 0 for one in results)
scored = [one for one in results if one["policy"] in ("middle", "orderdp", "infobatch")]
assert scored and all(one["score_seconds"] > 0 and one["select_seconds"] > 0 for one in scored)
again = proof()
cells = len({row.cell for row in made})
assert re.match(rf"{cells} cells, {cells} left\n", first) and again.startswith(f"{cells} cells, 0 left\n"), again[:200]
assert first[first.index("## claim") :] == again[again.index("## claim") :]
print(f"{cells} cells, {len(results)} rows")
