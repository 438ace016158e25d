"""A home, pictures and models on S3, by a stock Spark: the bits of local disks, no byte of a table copied, whatever fails."""

# needs: s3 spark demo
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import bucket as buckets
import pyarrow as pa
import pyarrow.fs
import rela

ROOT, WORK, PICTURES = (Path(os.environ[name]) for name in ("RELA_ROOT", "RELA_WORK", "RELA_PICTURES"))
MODEL = ROOT / "src/test/resources/models/features16.pt"
VIEW = ["--input-size", "16", "--dimensions", "8", "--max-rejects", "0.1", "--wave-size", "512"]
DISTILL = ["--epoch", "0", "--input-size", "16", "--policy", "hard", "--ratio", "0.5"]
TABLES = ("features", "targets", "rejects", "losses/epoch=0", "subsets/epoch=0")
JARS = ("org.apache.hadoop:hadoop-aws:3.3.4", "com.amazonaws:aws-java-sdk-bundle:1.12.262")


def jars() -> str:
    """What Spark needs for S3: of Maven's repository on this machine."""
    found = []
    for jar in JARS:
        group, artifact, version = jar.split(":")
        copy = ["mvn", "-B", "-q", "-o", "dependency:copy", f"-Dartifact={jar}", f"-DoutputDirectory={WORK / 'jars'}"]
        if subprocess.run(copy, cwd=ROOT, capture_output=True).returncode:
            print(f"{jar} is not in Maven's repository here: mvn dependency:get -Dartifact={jar}")
            sys.exit(77)
        found.append(str(WORK / "jars" / f"{artifact}-{version}.jar"))
    return ",".join(found)


def begin(bucket: buckets.Bucket, *words: object, log: Path) -> subprocess.Popen:
    """Starts a command by spark-submit."""
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
    command = [f"{os.environ['SPARK_HOME']}/bin/spark-submit", "--master", "local[2]", "--jars", JAR_FILES, *settings]
    command += ["--properties-file", str(ROOT / "conf/s3.conf"), "--conf", "spark.ui.enabled=false"]
    with log.open("ab") as out:
        return subprocess.Popen([*command, os.environ["RELA_JAR"], *map(str, words)], stdout=out, stderr=out)


def run(bucket: buckets.Bucket, *words: object, code: int = 0) -> str:
    """Runs a command to its end, which has to be this one; what it said."""
    log = WORK / f"log-{time.monotonic_ns()}"
    ended = begin(bucket, *words, log=log).wait(timeout=600)
    said = log.read_text("utf-8", "replace")
    assert ended == code, f"{words} ended with {ended}: {said[-3000:]}"
    assert "secret-of-this-row" not in said, words
    return said


def made(home: rela.Home, name: str) -> list[pa.ChunkedArray]:
    """The columns of a table, in the order of the index; of floats, their bits."""
    table = home.table(name).sort_by("index")
    columns = []
    for column in table.drop_columns([name for name in table.column_names if name == "uri"]).columns:
        flat = column.combine_chunks().flatten() if pa.types.is_list(column.type) else column.combine_chunks()
        columns.append(flat.view(pa.int32()) if flat.type == pa.float32() else flat)
    return columns


def same(bucket: buckets.Bucket, name: str) -> None:
    """The home of this name has the bits of the local one, and nothing beside."""
    bucket.begin(buckets.Faults())
    store = pyarrow.fs.S3FileSystem(
        access_key="key", secret_key="secret", endpoint_override=bucket.url, region="us-east-1", allow_bucket_creation=False
    )
    home = rela.open(f"lake/{name}", filesystem=store)
    for table in TABLES:
        assert made(home, table) == made(LOCAL, table), f"{table} of {name} differs"
    keys = re.findall(r"<Key>([^<]*)", bucket.ask("GET", f"/lake?list-type=2&prefix={name}/").decode())
    assert not [key for key in keys if "/.rela/" in key], keys
    files = sum(len(files) for files in home.manifest.tables.values())
    assert len([key for key in keys if key.endswith(".parquet")]) == files, keys
    uploads = re.findall(r"<Key>([^<]*)", bucket.ask("GET", "/lake?uploads").decode())
    assert not uploads, uploads


def distill(bucket: buckets.Bucket, home: str, *more: object) -> None:
    """Converts and distills on S3 alone."""
    run(bucket, *convert(home))
    run(bucket, "distill", "--home", home, "--learner", "s3a://lake/models/prior.pt", *DISTILL, *more)


def convert(home: str) -> tuple[object, ...]:
    """Command line of the conversion."""
    return ("convert", "--input", "s3a://lake/pictures", "--home", home, "--prior", "s3a://lake/models/prior.pt", *VIEW)


JAR_FILES = jars()
with buckets.Bucket() as s3:
    local = WORK / "home"
    run(s3, "convert", "--input", PICTURES, "--home", local, "--prior", MODEL, *VIEW)
    run(s3, "distill", "--home", local, "--learner", MODEL, *DISTILL)
    LOCAL = rela.open(local)
    s3.ask("PUT", "/lake")
    s3.ask("PUT", "/lake/models/prior.pt", MODEL.read_bytes())
    for picture in sorted(PICTURES.rglob("*")):
        if picture.is_file():
            s3.ask("PUT", f"/lake/pictures/{picture.relative_to(PICTURES)}", picture.read_bytes())

    s3.begin(buckets.Faults())
    distill(s3, "s3a://lake/quiet")
    print("undisturbed:", dict(s3.counts))
    assert s3.counts["copies of tables"] == 0, s3.counts
    assert s3.counts["completed"] >= 8, s3.counts
    same(s3, "quiet")

    # Over what is there, and nothing of that stays.
    run(s3, *convert("s3a://lake/quiet"), "--if-exists", "overwrite", "--batch-size", "16")
    run(s3, "distill", "--home", "s3a://lake/quiet", "--learner", "s3a://lake/models/prior.pt", *DISTILL)
    same(s3, "quiet")

    s3.begin(buckets.Faults(share=0.1, seed=1))
    distill(s3, "s3a://lake/faulty")
    print("one request in ten fails:", dict(s3.counts), dict(s3.failed))
    assert set(s3.failed) == set(buckets.KINDS), s3.failed
    same(s3, "faulty")

    # Rights that are gone for a while end the command, which goes on when they are back.
    s3.begin(buckets.Denial(after=900))
    said = run(s3, *convert("s3a://lake/denied"), code=3)
    assert re.search(r"(?m)^rela convert: .*s3a://lake/", said), said[-3000:]
    s3.begin(buckets.Faults())
    distill(s3, "s3a://lake/denied")
    same(s3, "denied")

    for requests in (600, 1500):
        s3.begin(buckets.Faults())
        killed = begin(s3, *convert(f"s3a://lake/killed{requests}"), log=WORK / "log-killed")
        while killed.poll() is None and s3.counts["requests"] < requests:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        distill(s3, f"s3a://lake/killed{requests}", "--wait-lock", "120")
        same(s3, f"killed{requests}")
    print("two kills: the same bits, and nothing left")
