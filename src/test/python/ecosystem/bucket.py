"""An S3 server (moto's) with a proxy before it that counts what is asked for, and fails as it is told."""

from __future__ import annotations

import http.client
import logging
import threading
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from moto.server import ThreadedMotoServer

BUSY = b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
INTERNAL = b'<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>'
DENIED = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
ANSWERS = {"busy": (503, BUSY), "internal": (500, INTERNAL), "denied": (403, DENIED)}
KINDS = ("busy", "internal", "cut", "lost", "slow")


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
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        self.count(body)
        kind = self.bucket.faults.kind(f"{self.command} {parts.path}")
        if kind:
            self.bucket.failed[kind] += 1
        if kind in ANSWERS:
            status, content = ANSWERS[kind]
            self.answer(status, [("Content-Type", "application/xml")], content, len(content))
            return
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

    def count(self, body: bytes) -> None:
        """Counts a request by what it does."""
        counts = self.bucket.counts
        counts["requests"] += 1
        if self.headers.get("x-amz-copy-source"):
            counts["copies"] += 1
            if ".parquet" in self.path and "/listing/" not in self.path:
                counts["copies of tables"] += 1
        elif self.command == "PUT":
            counts["bytes up"] += len(body)
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
