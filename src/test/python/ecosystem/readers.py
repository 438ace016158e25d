"""Whoever reads Parquet reads a home: tables, the three kinds of source in PyTorch, Spark and Hugging Face, bit for bit."""

# needs: torch spark demo tar parquet kept
from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

WORK = Path(os.environ["RELA_WORK"])
SPARK = os.environ.pop("SPARK_HOME")
os.environ |= {"HF_HOME": str(WORK / "hf"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
sys.path.append(os.path.dirname(SPARK))

import datasets  # noqa: E402
import duckdb  # noqa: E402
import numpy as np  # noqa: E402
import pandas  # noqa: E402
import polars  # noqa: E402
import pyarrow.dataset  # noqa: E402
import rela  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from rela.pictures import Pictures  # noqa: E402
from rela.torch import EpochSampler, HomeDataset, LossLog  # noqa: E402

EPOCH = 1
torch.set_num_threads(1)
torch.multiprocessing.set_sharing_strategy("file_system")


def bits(values) -> np.ndarray:
    """float32 values as whole numbers, so that equal means equal to the bit."""
    array = np.asarray(values)
    assert array.dtype == np.float32, array.dtype
    return array.view(np.uint32)


def same(what: str, expected, found) -> None:
    """Fails where two arrays differ."""
    expected, found = np.asarray(expected), np.asarray(found)
    assert expected.shape == found.shape, f"{what}: {found.shape} instead of {expected.shape}"
    assert (expected == found).all(), f"{what}: {(expected != found).sum()} of {expected.size} values differ"


def prepared(kind: str) -> rela.Home:
    """A copy of a home with a subset; that of the demo has weights that are not all 1, of losses as a training logs them."""
    folder = WORK / kind
    shutil.copytree(os.environ[f"RELA_HOME_{kind.upper()}"], folder)
    home = rela.open(folder)
    words = ["select", "--home", folder, "--epoch", EPOCH, "--ratio", 0.5]
    if kind != "demo":
        words += ["--policy", "uniform", "--columns", "images" if kind == "kept" else "targets"]
        command(words)
        return home
    index = torch.tensor(home.targets(["index"])["index"].to_pylist())
    losses, log = 0.5 + 0.4 * torch.sin(index.float()), LossLog()
    for batch in zip(index.split(100), losses.split(100), strict=True):
        log.add(*batch)
    log.write(WORK / "log" / "losses.parquet")
    command([*words, "--policy", "importance", "--losses", WORK / "log"])
    same("logged losses", bits(losses), bits(home.losses(EPOCH)["loss"]))
    assert len(set(home.subset(EPOCH)["weight"].to_pylist())) > 100, "the weights are to tell samples apart"
    return home


def command(words: list[object]) -> None:
    """Runs bin/rela."""
    subprocess.run([os.environ["RELA_ROOT"] + "/bin/rela", *map(str, words)], check=True, capture_output=True)


def tables(home: rela.Home) -> int:
    """Readers of folders give what the manifest's files give."""
    ours = home.targets()
    index, target = ours["index"].to_numpy(), bits(rela.vectors(ours["target"]))
    folder, subsets = home.path + "/targets", home.path + "/subsets"
    chosen = home.subset(EPOCH)
    weight = dict(zip(chosen["index"].to_pylist(), bits(chosen["weight"]).tolist(), strict=True))
    same("subset's targets", target[np.searchsorted(index, chosen["index"].to_numpy())], bits(rela.vectors(chosen["target"])))

    def check(name: str, columns: dict) -> None:
        rows = np.argsort(np.asarray(columns["index"]))
        same(f"{name}: index", index, np.asarray(columns["index"])[rows])
        same(f"{name}: target", target, bits(np.array(list(columns["target"]), np.float32))[rows])

    def check_subset(name: str, found_index, found_weight) -> None:
        assert dict(zip(np.asarray(found_index).tolist(), bits(found_weight).tolist(), strict=True)) == weight, name

    arrow = pyarrow.dataset.dataset(folder).to_table()
    check("pyarrow", {"index": arrow["index"], "target": arrow["target"].to_pylist()})
    arrow = pyarrow.dataset.dataset(subsets, partitioning="hive").to_table(filter=pyarrow.dataset.field("epoch") == EPOCH)
    check_subset("pyarrow", arrow["index"], arrow["weight"])

    frame = pandas.read_parquet(folder)
    check("pandas", {"index": frame["index"], "target": frame["target"]})
    frame = pandas.read_parquet(f"{subsets}/epoch={EPOCH}")
    check_subset("pandas", frame["index"], frame["weight"].to_numpy())

    frame = polars.read_parquet(folder)
    check("polars", {"index": frame["index"], "target": frame["target"].to_list()})
    frame = polars.read_parquet(f"{subsets}/epoch={EPOCH}")
    check_subset("polars", frame["index"], frame["weight"].to_numpy())

    found = duckdb.sql(f"select index, target from '{folder}/*.parquet'").fetchnumpy()
    check("duckdb", found)
    found = duckdb.sql(f"select * from read_parquet('{subsets}/*/*.parquet', hive_partitioning = true) where epoch = {EPOCH}")
    found = found.fetchnumpy()
    check_subset("duckdb", found["index"], np.asarray(found["weight"], np.float32))

    for name, found in (
        ("datasets, folder", datasets.load_dataset("parquet", data_dir=folder, split="train")),
        ("datasets, our features", home.hf("targets")),
        ("datasets, shuffled", home.hf("targets").shuffle(seed=1)),
        ("datasets, streamed", home.hf("targets", streaming=True)),
        ("datasets, streamed and shuffled", home.hf("targets", streaming=True).shuffle(seed=1, buffer_size=100)),
    ):
        rows = list(found.with_format("numpy"))
        check(name, {"index": [int(row["index"]) for row in rows], "target": [row["target"] for row in rows]})
        assert ("shuffled" in name) == ([int(row["index"]) for row in rows] != index.tolist()), f"{name}: the order"
    if home.class_names:
        assert home.hf("targets").features["label"].names == home.class_names
    assert home.hf("targets")["label"][:] == ours["label"].to_pylist(), "datasets: label"
    found = home.hf(f"subsets/epoch={EPOCH}")
    check_subset("datasets", found["index"], np.array(found["weight"], np.float32))
    same("datasets: order of the subset", chosen["index"], found["index"])
    return len(index)


def batches(home: rela.Home, workers: int, ranks: int, **options) -> None:
    """Each index at most once over ranks and workers, the rest counted, targets and weights bit for bit, pictures Pillow's."""
    table, chosen = home.targets(), home.subset(EPOCH)
    row_of = {index: row for row, index in enumerate(table["index"].to_pylist())}
    target, label = bits(rela.vectors(table["target"])), table["label"].to_pylist()
    weight = dict(zip(chosen["index"].to_pylist(), bits(chosen["weight"]).tolist(), strict=True))
    pictures, data, seen, left = Pictures(home, kept=False), HomeDataset(home, checksum, **options), [], set()
    for rank in range(ranks):
        sampler = EpochSampler(home, seed=3, rank=rank, ranks=ranks)
        sampler.set_epoch(EPOCH)
        left.add(sampler.left_out)
        loader = torch.utils.data.DataLoader(data, 32, sampler=sampler, num_workers=workers)
        own = 0
        for batch in loader:
            for i, index in enumerate(batch.index.tolist()):
                row = row_of[index]
                same(f"target of {index}", target[row], bits(batch.target[i]))
                assert bits(batch.weight[i]) == weight[index] and batch.label[i] == label[row], index
                if rank == 0 and own < 20:
                    expected = checksum(Image.open(io.BytesIO(pictures[row])).convert("RGB"))
                    same(f"picture of {index}", expected, batch.picture[i])
                own += 1
            seen += batch.index.tolist()
        assert own == len(sampler) == len(weight) // ranks, f"rank {rank} of {ranks} has {own} samples"
    assert left == {len(weight) % ranks} and len(seen) == len(set(seen)) == len(weight) - left.pop() and set(seen) <= set(weight)


def checksum(picture: Image.Image) -> torch.Tensor:
    """Size and sums of a picture: batches want one shape."""
    pixels = np.asarray(picture, np.int64)
    return torch.tensor([*pixels.shape[:2], pixels.sum(), (pixels * np.arange(pixels.shape[1])[None, :, None]).sum()])


def spark(home: rela.Home, kept: rela.Home) -> None:
    """PySpark reads tables, and the jar's stages make convert's features and targets out of kept pictures."""
    os.environ |= {"SPARK_HOME": SPARK, "SPARK_LOCAL_IP": "127.0.0.1"}
    import rela.spark
    from pyspark.ml import Pipeline
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master("local[2]").config("spark.jars", os.environ["RELA_JAR"]).config("spark.ui.enabled", "false")
    )
    session = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.memory", "2g").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    chosen = home.subset(EPOCH).sort_by("index")
    found = session.read.parquet(home.path + "/subsets").where(f"epoch = {EPOCH}").orderBy("index")
    found = found.select("index", "weight", "target").collect()
    same("spark: index", chosen["index"], [row["index"] for row in found])
    same("spark: weight", bits(chosen["weight"]), bits(np.array([row["weight"] for row in found], np.float32)))
    same("spark: target", bits(rela.vectors(chosen["target"])), bits(np.array([row["target"] for row in found], np.float32)))

    pictures = session.read.parquet(kept.path + "/targets").select("index", "image").orderBy("index").coalesce(1)
    stages = [rela.spark.ImageFeaturizer(modelUrl="builtin:prior"), rela.spark.ProjectionEstimator(dimensions=32)]
    model = Pipeline(stages=stages).fit(pictures)
    model.write().overwrite().save(str(WORK / "pipeline"))
    again = rela.spark.load(str(WORK / "pipeline"))
    assert [type(stage).__name__ for stage in again.stages] == ["ImageFeaturizer", "ProjectionModel"]
    assert again.stages[0].getOrDefault("modelUrl") == "builtin:prior" and again.stages[0].getOrDefault("batchSize") == 32
    rows = again.transform(pictures).select("index", "target").orderBy("index").collect()
    made, ours = np.array([row["target"] for row in rows]), rela.vectors(kept.targets()["target"])
    closeness = min(abs(np.corrcoef(a, b)[0, 1]) for a, b in zip(made.T, ours.T, strict=True))
    assert closeness > 0.9999, f"targets of the stages correlate {closeness} with convert's"
    session.stop()


homes = {kind: prepared(kind) for kind in ("demo", "tar", "parquet", "kept")}
for kind, home in homes.items():
    rows = tables(home)
    same(f"{kind}: targets", bits(rela.vectors(homes["demo"].targets()["target"])), bits(rela.vectors(home.targets()["target"])))
    print(f"{kind}: pyarrow, pandas, polars, DuckDB and datasets read {rows} rows alike", flush=True)
first = Image.open(io.BytesIO(Pictures(homes["kept"])[0])).convert("RGB")
same("datasets: picture", np.asarray(first), np.asarray(homes["kept"].hf("targets")[0]["image"].convert("RGB")))
for kind, home in homes.items():
    for workers in (1, 2):
        for ranks in (1, 2, 4):
            batches(home, workers, ranks)
    print(f"{kind}: DataLoader, 1 and 2 workers, 1, 2 and 4 ranks", flush=True)
spark(homes["demo"], homes["kept"])
print("pyarrow, pandas, polars, DuckDB, datasets, PySpark and DataLoader; folder, tar, Parquet and kept pictures")
