"""A home, pictures and models on S3, by a stock Spark: the bits of local disks, no byte of a table copied, whatever fails."""

# needs: s3 spark demo
from __future__ import annotations

import os
import re
from pathlib import Path

import bucket as buckets
import numpy as np
import pyarrow.fs
import rela
import stock

PICTURES = Path(os.environ["RELA_PICTURES"])
BRIEF = "RELA_BRIEF" in os.environ
JARS = ("org.apache.hadoop:hadoop-aws:3.3.4", "com.amazonaws:aws-java-sdk-bundle:1.12.262")
PRIOR = "s3a://lake/models/prior.pt"


def reaching(bucket: buckets.Bucket) -> stock.Spark:
    """A Spark that reaches the bucket."""
    s3 = {
        "endpoint": bucket.url,
        "endpoint.region": "us-east-1",
        "path.style.access": "true",
        "connection.ssl.enabled": "false",
        "access.key": "key-of-this-row",
        "secret.key": "secret-of-this-row",
        "connection.timeout": "5000",
        "retry.interval": "50ms",
        "retry.throttle.interval": "50ms",
    }
    settings = [part for name, value in s3.items() for part in ("--conf", f"spark.hadoop.fs.s3a.{name}={value}")]
    files = ("--jars", ",".join(map(str, stock.jars(*JARS))), "--properties-file", "conf/s3.conf")
    return stock.Spark("--master", "local[2]", *files, *settings, secret="secret-of-this-row")


def same(bucket: buckets.Bucket, name: str) -> None:
    """The home of this name has the bits of the local one, and nothing beside."""
    bucket.begin(buckets.Faults())
    store = pyarrow.fs.S3FileSystem(
        access_key="key", secret_key="secret", endpoint_override=bucket.url, region="us-east-1", allow_bucket_creation=False
    )
    home = rela.open(f"lake/{name}", filesystem=store)
    stock.same(home, LOCAL)
    keys = re.findall(r"<Key>([^<]*)", bucket.ask("GET", f"/lake?list-type=2&prefix={name}/").decode())
    assert not [key for key in keys if "/.rela/" in key], keys
    files = sum(len(files) for files in home.manifest.tables.values())
    assert len([key for key in keys if key.endswith(".parquet")]) == files, keys
    uploads = re.findall(r"<Key>([^<]*)", bucket.ask("GET", "/lake?uploads").decode())
    assert not uploads, uploads


def convert(name: str) -> tuple[object, ...]:
    """Command line of the conversion."""
    return stock.convert("s3a://lake/pictures", f"s3a://lake/{name}", PRIOR, wave=512)


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
    spark = reaching(s3)

    def both(name: str, *more: object) -> None:
        """Converts and distills on S3 alone."""
        spark.run(*convert(name), *more)
        spark.run(*distill(name), *more)

    local = stock.WORK / "home"
    spark.run(*stock.convert(PICTURES, local))
    spark.run(*stock.distill(local))
    LOCAL = rela.open(local)
    s3.ask("PUT", "/lake")
    s3.ask("PUT", "/lake/models/prior.pt", stock.MODEL.read_bytes())
    for picture in sorted(PICTURES.rglob("*")):
        if picture.is_file():
            s3.ask("PUT", f"/lake/pictures/{picture.relative_to(PICTURES)}", picture.read_bytes())

    s3.begin(buckets.Faults(share=0.1, seed=1))
    both("faulty")
    print("one request in ten fails:", dict(s3.counts), dict(s3.failed), flush=True)
    assert set(s3.failed) == set(buckets.KINDS), s3.failed
    assert s3.counts["copies of tables"] == 0, s3.counts
    same(s3, "faulty")

    for requests in (1500,) if BRIEF else (600, 1000, 1500):
        s3.begin(buckets.Faults())
        assert spark.kill(*convert(f"killed{requests}"), when=lambda many=requests: s3.counts["requests"] >= many), s3.counts
        both(f"killed{requests}", "--wait-lock", 120)
        same(s3, f"killed{requests}")

    if not BRIEF:
        s3.begin(buckets.Faults())
        both("quiet")
        print("undisturbed:", dict(s3.counts), flush=True)
        assert s3.counts["copies of tables"] == 0, s3.counts
        assert s3.counts["completed"] >= 8, s3.counts
        same(s3, "quiet")

        # Over what is there, and nothing of that stays.
        spark.run(*convert("quiet"), "--if-exists", "overwrite", "--batch-size", 16)
        spark.run(*distill("quiet"))
        same(s3, "quiet")

        # Rights that are gone for a while end the command, which goes on when they are back.
        s3.begin(buckets.Denial(after=900))
        said = spark.run(*convert("denied"), code=3)
        assert re.search(r"(?m)^rela convert: .*s3a://lake/", said), said[-3000:]
        s3.begin(buckets.Faults())
        both("denied")
        same(s3, "denied")

        # A gigabyte of pictures that are kept: nothing of it is copied.
        size = noise(stock.WORK / "large", 340, 1024)
        for _ in range(2):
            s3.begin(buckets.Faults())
            spark.run(*stock.convert(stock.WORK / "large", "s3a://lake/large"), "--keep-images", "--if-exists", "overwrite")
            print(f"{size:,} bytes of pictures kept:", dict(s3.counts), flush=True)
            assert s3.counts["bytes up"] > size and s3.counts["copies of tables"] == 0, s3.counts
print("one request in ten failed, and drivers were killed: the same bits, nothing left, no table copied")
