"""Commands of rela, run in one `rela batch`, so that its start is paid for once."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import time
from collections import deque
from pathlib import Path
from typing import IO

from rela.train.failures import BUSY, DOUBTFUL, SETTINGS, UNEXPECTED, Refusal

ENDED = re.compile(r"rela batch: exit (\d+)$")
TRIES = 10
WAIT_LOCK = 60


class Rela:
    """A `rela batch` that starts with the first command; what it says is added to the file `log`. Not for threads.

    `command` is the command line that runs rela, such as "bin/rela --driver-memory 8g".
    """

    def __init__(self, command: str, log: Path) -> None:
        self.command, self.log = shlex.split(command), log
        self._process: subprocess.Popen[str] | None = None
        self._said: IO[str] | None = None

    def run(self, *words: object) -> float:
        """Runs a command, again where the home is busy; returns the seconds that it took, or raises Refusal with its message."""
        line = " ".join(quoted(str(word)) for word in words)
        begun = time.monotonic()
        for _ in range(TRIES):
            code, said = self._once(line)
            if code == 0:
                return time.monotonic() - begun
            if code not in (BUSY, DOUBTFUL):
                break
        raise Refusal(code, f"rela {line}\nended with code {code}: {said}\n{self.log} has all that it said.")

    def _once(self, line: str) -> tuple[int, str]:
        process, log = self._running()
        log.write(f"$ rela {line}\n")
        tail: deque[str] = deque(maxlen=8)
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            for said in process.stdout:
                log.write(said)
                log.flush()
                if ended := ENDED.search(said.rstrip()):
                    return int(ended.group(1)), "\n".join(tail)
                tail.append(said.strip())
        except BrokenPipeError:
            tail.extend(process.stdout.read().splitlines())
        self._end()
        return process.returncode or UNEXPECTED, "\n".join(tail)

    def _running(self) -> tuple[subprocess.Popen[str], IO[str]]:
        if self._said is None:
            self._said = self.log.open("a", encoding="utf-8")
        if self._process is None:
            pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            try:
                # In a session of its own, a Ctrl-C in the terminal is for the training to take first.
                self._process = subprocess.Popen(
                    [*self.command, "batch"], text=True, encoding="utf-8", errors="replace", start_new_session=True, **pipe
                )
            except OSError as e:
                raise Refusal(SETTINGS, f"--rela {shlex.join(self.command)} does not run: {e}. Say what runs rela.") from e
        return self._process, self._said

    def close(self, *, at_once: bool = False) -> None:
        """Ends it, `at_once` in the middle of a command."""
        if self._process is not None:
            if at_once:
                self._process.terminate()
            self._end()
        if self._said is not None:
            self._said.close()
        self._said = None

    def _end(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.read()
        self._process.stdout.close()
        self._process.wait()
        self._process = None


def quoted(word: str) -> str:
    """A word as `rela batch` reads it: between quotes where it has blanks or quotes in it."""
    if word and not re.search(r"[\s\"']", word):
        return word
    mark = '"' if '"' not in word else "'"
    if mark in word or "\n" in word:
        raise Refusal(SETTINGS, f"{word!r} cannot be said to rela batch: no word has both kinds of quotes, or a line's end.")
    return f"{mark}{word}{mark}"
