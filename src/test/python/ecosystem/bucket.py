"""An S3 server (moto's) with a proxy before it that counts what is asked for, and fails as it is told."""

from __future__ import annotations

import contextlib
import http.client
import logging
import re
import threading
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.fs
import rela
import stock
from moto.server import ThreadedMotoServer

BUSY = b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
INTERNAL = b'<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>'
DENIED = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
ANSWERS = {"busy": (503, BUSY), "internal": (500, INTERNAL), "denied": (403, DENIED)}
KINDS = ("busy", "internal", "cut", "lost", "slow")

SECRET = "secret-of-this-row"
JARS = ("org.apache.hadoop:hadoop-aws:3.3.4", "com.amazonaws:aws-java-sdk-bundle:1.12.262")


class Faults:
    """Which requests fail, and how: of (seed, request, how often it was made) alone."""

    def __init__(self, share: float = 0, seed: int = 0) -> None:
        self.share, self.seed = share, seed
        self.times: Counter[str] = Counter()
        self.lock = threading.Lock()

    def kind(self, request: str) -> str | None:
        """What becomes of a request."""
        with self.lock:
            self.times[request] += 1
            time_ = self.times[request]
        chance = zlib.crc32(f"{self.seed} {request} {time_}".encode()) >> 3
        return KINDS[chance // 1000 % len(KINDS)] if chance % 1000 < 1000 * self.share else None


class Denial(Faults):
    """Every request is denied after so many have been let through."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def kind(self, request: str) -> str | None:
        with self.lock:
            self.times["all"] += 1
            return "denied" if self.times["all"] > self.after else None


class Bucket:
    """A server that holds buckets. Use as a context."""

    def __enter__(self) -> Bucket:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.inside = self.moto.get_host_and_port()
        self.counts: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.written: set[str] = set()
        self.creation = threading.Lock()
        self.faults = Faults()
        self.proxy = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": self}))
        self.proxy.daemon_threads = True
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.proxy.server_address[1]}"
        return self

    def __exit__(self, *failure: object) -> None:
        self.proxy.shutdown()
        self.moto.stop()

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Asks the server itself, without counting."""
        connection = http.client.HTTPConnection(*self.inside)
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status < 300, (method, path, answer.status, content)
        return content

    def begin(self, faults: Faults) -> None:
        """From now on requests are counted anew, and fail so."""
        self.faults = faults
        self.counts, self.failed = Counter(), Counter()

    def fill(self, pictures: Path, model: Path) -> None:
        """Makes the bucket lake of pictures and a model."""
        self.ask("PUT", "/lake")
        self.ask("PUT", "/lake/models/prior.pt", model.read_bytes())
        self.put(pictures, "pictures")

    def put(self, pictures: Path, folder: str) -> None:
        """Puts more pictures into the bucket."""
        for picture in sorted(pictures.rglob("*")):
            if picture.is_file():
                self.ask("PUT", f"/lake/{folder}/{picture.relative_to(pictures)}", picture.read_bytes())

    def spark(self, jars: tuple[str, ...] = JARS, embedded: int | None = None) -> stock.Spark:
        """A Spark that reaches the bucket, by these jars; the stock one, or that of bin/rela."""
        s3 = {
            "endpoint": self.url,
            "endpoint.region": "us-east-1",
            "path.style.access": "true",
            "connection.ssl.enabled": "false",
            "access.key": "key-of-this-row",
            "secret.key": SECRET,
            "connection.timeout": "5000",
            "retry.interval": "50ms",
            "retry.throttle.interval": "50ms",
        }
        settings = {f"spark.hadoop.fs.s3a.{name}": value for name, value in s3.items()}
        files = ("--jars", ",".join(map(str, stock.jars(*jars))), "--properties-file", "conf/s3.conf")
        return stock.Spark("--master", "local[2]", *files, settings=settings, secret=SECRET, embedded=embedded)

    def store(self) -> pyarrow.fs.S3FileSystem:
        """What others read: the server itself, without counting."""
        return pyarrow.fs.S3FileSystem(
            access_key="key",
            secret_key="secret",
            endpoint_override="http://{}:{}".format(*self.inside),
            region="us-east-1",
        )

    def open(self, name: str) -> rela.Home:
        """The home of this name, as others read it."""
        return rela.open(f"lake/{name}", filesystem=self.store())

    def check(self, name: str, other: rela.Home) -> None:
        """The home of this name has the bits of another, and nothing beside."""
        stock.same(self.open(name), other)
        self.check_rest(name)

    def check_rest(self, name: str) -> None:
        """The home of this name has the files that its manifest lists, and nothing beside; and no upload is left."""
        home = self.open(name)
        keys = re.findall(r"<Key>([^<]*)", self.ask("GET", f"/lake?list-type=2&prefix={name}/").decode())
        assert not stock.left(keys), keys
        store = self.store()
        assert not [key for key in keys if SECRET.encode() in store.open_input_file(f"lake/{key}").read()]
        listed = sorted(f"{name}/{file.path}" for files in home.manifest.tables.values() for file in files)
        assert sorted(key for key in keys if key.endswith(".parquet")) == listed, keys
        uploads = re.findall(r"<Key>([^<]*)", self.ask("GET", "/lake?uploads").decode())
        assert not uploads, uploads


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *words: object) -> None:
        """Says nothing."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def relay(self) -> None:
        """Passes a request on, or fails it."""
        promised = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(promised)
        if len(body) < promised:
            # Who asks was killed.
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        self.count(body)
        kind = self.bucket.faults.kind(f"{self.command} {parts.path}")
        if kind:
            self.bucket.failed[kind] += 1
        if kind in ANSWERS:
            status, content = ANSWERS[kind]
            self.answer(status, [("Content-Type", "application/xml")], content, len(content))
            return
        # Of two that write an object at once where it is what it was, S3 lets one win; moto looks first and writes then.
        with self.bucket.creation if self.conditional() else contextlib.nullcontext():
            connection = http.client.HTTPConnection(*self.bucket.inside)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
        if kind == "lost":
            # The server has done it, and nobody hears of that.
            self.close_connection = True
            return
        headers = [(name, value) for name, value in answer.getheaders() if name not in ("Connection", "Transfer-Encoding")]
        length = int(answer.getheader("Content-Length") or len(content))
        if kind == "cut":
            self.answer(answer.status, headers, content[: len(content) // 2], max(length, 1))
            self.close_connection = True
            return
        self.answer(answer.status, headers, content, length, slow=kind == "slow")

    def conditional(self) -> bool:
        """Whether an object is to be written only where it is what it was."""
        return self.command in ("PUT", "POST") and ("If-None-Match" in self.headers or "If-Match" in self.headers)

    def count(self, body: bytes) -> None:
        """Counts a request by what it does."""
        counts = self.bucket.counts
        counts["requests"] += 1
        counts["conditional"] += self.conditional()
        if self.headers.get("x-amz-copy-source"):
            counts["copies"] += 1
            if ".parquet" in self.path and "/listing/" not in self.path:
                counts["copies of tables"] += 1
        elif self.command == "PUT":
            counts["bytes up"] += len(body)
            self.bucket.written.add(urlsplit(self.path).path)
            counts["parts" if "partNumber" in self.path else "objects"] += 1
        elif self.command == "POST" and "uploadId" in self.path:
            counts["completed"] += 1

    def answer(self, status: int, headers: list[tuple[str, str]], content: bytes, length: int, slow: bool = False) -> None:
        """Sends an answer whose header promises so many bytes."""
        self.send_response_only(status)
        for name, value in headers:
            if name != "Content-Length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command == "HEAD":
            return
        pieces = 4 if slow else 1
        size = max(1, -(-len(content) // pieces))
        for at in range(0, len(content), size):
            self.wfile.write(content[at : at + size])
            if slow:
                self.wfile.flush()
                time.sleep(0.1)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = relay
