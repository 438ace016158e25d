"""A home is a dataset of Hugging Face: load_dataset(home) and load_dataset(home, "subset-epoch-3") by its card."""

# needs: torch demo
from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WORK = Path(os.environ["RELA_WORK"])
os.environ |= {"HF_HOME": str(WORK / "hf"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}

import datasets  # noqa: E402
import numpy as np  # noqa: E402
import pyarrow  # noqa: E402
import rela  # noqa: E402
from PIL import Image  # noqa: E402

CLASSES = ['a "quoted": name', "it's\n---\ntwo\u2028lines \U0001f600", "- # *&{}"]
EPOCHS = {3: "images", 4: "index", 5: "targets"}
home = WORK / "home"


def rela_does(*words: object) -> None:
    """Runs bin/rela."""
    subprocess.run([os.environ["RELA_ROOT"] + "/bin/rela", *map(str, words)], check=True, capture_output=True)


def loaded(*name: str) -> datasets.Dataset:
    """A configuration of the home, by default targets."""
    return datasets.load_dataset(str(home), *name, split="train")


def check(made: pyarrow.Table, found: datasets.Dataset) -> None:
    """The rows of a table are those that the manifest's files hold, pictures decode, labels have names."""
    assert found.column_names == made.column_names
    for name in found.column_names:
        if name == "image":
            for row, kept in zip(found, made["image"].to_pylist(), strict=True):
                pixels = np.asarray(Image.open(io.BytesIO(kept["bytes"])).convert("RGB"))
                assert (np.asarray(row["image"].convert("RGB")) == pixels).all(), row["id"]
        elif name == "target":
            assert (np.array(found["target"], np.float32) == rela.vectors(made["target"])).all()
        else:
            assert found[name][:] == made[name].to_pylist(), name
    if "label" in found.column_names:
        label = found.features["label"]
        assert label.names == sorted(CLASSES)
        assert [label.int2str(number) for number in found["label"]] == made["label_name"].to_pylist()


for name, folder in zip(CLASSES, sorted(Path(os.environ["RELA_PICTURES"]).iterdir()), strict=False):
    shutil.copytree(folder, WORK / "pictures" / name)
(WORK / "pictures" / CLASSES[0] / "none.jpg").write_bytes(b"no picture")
options = ["--input", WORK / "pictures", "--prior", "builtin:prior", "--dimensions", 16, "--keep-images"]
rela_does("convert", "--home", home, *options, "--max-rejects", 0.5)
for epoch, columns in EPOCHS.items():
    rela_does("select", "--home", home, "--epoch", epoch, "--policy", "uniform", "--ratio", 0.5, "--columns", columns)

ours = rela.open(home)
found = datasets.load_dataset(str(home))["train"]
assert isinstance(found.features["image"], datasets.Image) and found.features["target"].length == 16
check(ours.targets(), found)
assert datasets.get_dataset_default_config_name(str(home)) == "targets"
for epoch in EPOCHS:
    check(ours.subset(epoch), loaded(f"subset-epoch-{epoch}"))
for table in ("features", "rejects"):
    assert loaded(table)["index"][:] == ours.table(table)["index"].to_pylist(), table
streamed = datasets.load_dataset(str(home), "subset-epoch-3", split="train", streaming=True)
assert [row["index"] for row in streamed] == ours.subset(3)["index"].to_pylist()

left = home / "targets/part-left.parquet"
shutil.copy(home / ours.files("targets")[0].path, left)
assert loaded().num_rows == len(found), "a file that the manifest does not list is read"
card = home / "README.md"
written = card.read_text("utf-8")
card.write_text(re.sub(r'"targets/part-.*\.parquet"', '"targets/*.parquet"', written), "utf-8")
try:
    loaded()
except datasets.exceptions.NonMatchingSplitsSizesError:
    pass
else:
    sys.exit("a pattern that catches a file too many goes unnoticed")
left.unlink()
card.write_text(written, "utf-8")

rela_does("prune", "--home", home, "--keep-epochs", 1)
assert datasets.get_dataset_config_names(str(home)) == ["targets", "features", "rejects", "subset-epoch-5"]
rela_does("inspect", "--home", home)
print(f"load_dataset of a home: {len(found)} pictures decode, {len(found.features['label'].names)} classes, 3 kinds of subsets")
