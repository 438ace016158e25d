"""How a run ends before its time: with one message and the exit code that rela's commands have for such an end."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

UNEXPECTED, SETTINGS, INPUT, HOME, DEVICE, BUSY, DOUBTFUL = 1, 2, 3, 5, 6, 7, 8


class Refusal(Exception):
    """Ends the run; the message names what is wrong, its value and the repair. `told` is whether another process says it."""

    told = False

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class Stopped(Exception):
    """A signal has ended the run, which has kept what it needs to go on. `told` is whether another process says it."""

    told = False

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class Stops:
    """SIGTERM and SIGINT while it is open: noted, for a training step to end; raised at once while the run only waits."""

    def __init__(self) -> None:
        self.asked = 0
        self._waits = False
        self._before = {one: signal.signal(one, self._take) for one in (signal.SIGTERM, signal.SIGINT)}

    def _take(self, signum: int, frame: FrameType | None) -> None:
        self.asked = signum
        if self._waits:
            self._waits = False
            raise Stopped(signum)

    def check(self) -> None:
        """Raises Stopped where a signal has come."""
        if self.asked:
            raise Stopped(self.asked)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Lets a signal end what is done within."""
        self._waits = True
        try:
            self.check()
            yield
        finally:
            self._waits = False

    def close(self) -> None:
        """Gives signals back to whom they went to before."""
        for signum, handler in self._before.items():
            signal.signal(signum, handler)
