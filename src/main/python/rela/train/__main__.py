"""bin/train: python3 -m rela.train."""

from __future__ import annotations

import signal
import sys

from rela.train import ranks
from rela.train.failures import Refusal, Stopped
from rela.train.loop import Run
from rela.train.options import parsed


def main(words: list[str] | None = None) -> int:
    """Runs one training, and gives its exit code."""
    try:
        asked = parsed(sys.argv[1:] if words is None else words)
        with ranks.joined(asked.device) as device:
            Run(asked, device).work()
            return 0
    except Refusal as e:
        if not e.told:
            print(f"train: {e.message}", file=sys.stderr)
        return e.code
    except Stopped as e:
        if not e.told:
            print(f"train: stopped by {signal.Signals(e.signum).name}; the same command goes on from there.", file=sys.stderr)
        return 128 + e.signum


if __name__ == "__main__":
    sys.exit(main())
