"""A home, pictures and models on S3, by a stock Spark: the bits of local disks, no byte of a table copied, whatever fails."""

# needs: s3 spark demo
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import bucket as buckets
import numpy as np
import rela
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
BRIEF = "RELA_BRIEF" in os.environ
PRIOR = "s3a://lake/models/prior.pt"


def convert(name: str, pictures: str = "pictures") -> tuple[object, ...]:
    """Command line of the conversion."""
    return stock.convert(f"s3a://lake/{pictures}", f"s3a://lake/{name}", PRIOR, wave=512)


def distill(name: str) -> tuple[object, ...]:
    """Command line of epoch 0."""
    return stock.distill(f"s3a://lake/{name}", PRIOR)


def noise(folder: Path, pictures: int, side: int) -> int:
    """Pictures that no format makes smaller; returns their bytes."""
    folder.mkdir()
    random = np.random.default_rng(0)
    header = f"P6 {side} {side} 255\n".encode()
    for number in range(pictures):
        (folder / f"{number}.ppm").write_bytes(header + random.bytes(3 * side * side))
    return pictures * (len(header) + 3 * side * side)


with buckets.Bucket() as s3:
    spark = s3.spark()

    def both(name: str, *more: object, pictures: str = "pictures") -> None:
        """Converts and distills on S3 alone."""
        spark.run(*convert(name, pictures), *more)
        spark.run(*distill(name), *more)

    def on_disk(pictures: Path) -> rela.Home:
        """The same on a local disk."""
        home = stock.WORK / f"home-{pictures.name}"
        spark.run(*stock.convert(pictures, home))
        spark.run(*stock.distill(home))
        return rela.open(home)

    LOCAL = on_disk(PICTURES)
    s3.fill(PICTURES, stock.MODEL)

    many, expected = "pictures", LOCAL
    if not BRIEF:
        # Four of each picture: more than 2,000.
        many = "many"
        for copy in range(4):
            shutil.copytree(PICTURES, stock.WORK / many / str(copy))
        s3.put(stock.WORK / many, many)
        expected = on_disk(stock.WORK / many)
    s3.begin(buckets.Faults(share=0.1, seed=1))
    begun = time.monotonic()
    both("faulty", pictures=many)
    told = f"{expected.manifest.conversion.counts}, {time.monotonic() - begun:.0f} s"
    print("one request in ten fails:", dict(s3.counts), dict(s3.failed), told, flush=True)
    assert set(s3.failed) == set(buckets.KINDS), s3.failed
    assert s3.counts["copies of tables"] == 0, s3.counts
    s3.check("faulty", expected)

    for requests in (1500,) if BRIEF else (600, 1000, 1500):
        s3.begin(buckets.Faults())
        assert spark.kill(*convert(f"killed{requests}"), when=lambda many=requests: s3.counts["requests"] >= many), s3.counts
        both(f"killed{requests}", "--wait-lock", 120)
        s3.check(f"killed{requests}", LOCAL)

    if not BRIEF:
        # Shards of tar, of which each task reads its range, and Parquet.
        subprocess.run([sys.executable, Path(__file__).with_name("inputs.py"), PICTURES, stock.WORK], check=True)
        for kind in ("tar", "parquet"):
            file = stock.WORK / f"pictures.{kind}"
            s3.ask("PUT", f"/lake/{file.name}", file.read_bytes())
            s3.begin(buckets.Faults(share=0.1, seed=2))
            both(kind, pictures=file.name)
            print(f"{kind}, one request in ten fails:", dict(s3.counts), dict(s3.failed), flush=True)
            s3.check(kind, on_disk(file))

        s3.begin(buckets.Faults())
        both("quiet")
        print("undisturbed:", dict(s3.counts), flush=True)
        assert s3.counts["copies of tables"] == 0, s3.counts
        assert s3.counts["completed"] >= 8, s3.counts
        s3.check("quiet", LOCAL)

        # Over what is there, and nothing of that stays.
        spark.run(*convert("quiet"), "--if-exists", "overwrite", "--batch-size", 16)
        spark.run(*distill("quiet"))
        s3.check("quiet", LOCAL)

        # Rights that are gone for a while end the command, which goes on when they are back.
        s3.begin(buckets.Denial(after=900))
        said = spark.run(*convert("denied"), code=3)
        assert re.search(r"(?m)^rela convert: .*s3a://lake/", said), said[-3000:]
        s3.begin(buckets.Faults())
        both("denied")
        s3.check("denied", LOCAL)

        # A gigabyte of pictures that are kept: nothing of it is copied.
        size = noise(stock.WORK / "large", 340, 1024)
        for _ in range(2):
            s3.begin(buckets.Faults())
            spark.run(*stock.convert(stock.WORK / "large", "s3a://lake/large"), "--keep-images", "--if-exists", "overwrite")
            print(f"{size:,} bytes of pictures kept:", dict(s3.counts), flush=True)
            assert s3.counts["bytes up"] > size and s3.counts["copies of tables"] == 0, s3.counts
print("one request in ten failed, and drivers were killed: the same bits, nothing left, no table copied")
