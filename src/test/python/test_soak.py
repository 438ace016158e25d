"""Tests of bin/soak without Java."""

import hashlib
import importlib.machinery
import importlib.util
import itertools
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def load():
    loader = importlib.machinery.SourceFileLoader("soak", str(ROOT / "bin/soak"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("soak", loader))
    sys.modules["soak"] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


soak = load()


def digests(count: int, seed: int) -> list:
    return [(name, hashlib.sha256(data).hexdigest()) for name, data in soak.damaged(count, seed)]


def result(listed: int, converted: int, **reasons: int) -> dict:
    counts = {"listed": listed, "converted": converted, "rejected": sum(reasons.values()), "rejected_by_reason": reasons}
    return {"record": {"result": {"counts": counts}}}


class SoakTest(unittest.TestCase):
    def test_pictures_depend_on_seed_and_number_alone(self):
        few, many, other = (digests(count, seed) for count, seed in ((300, 0), (320, 0), (300, 1)))
        self.assertEqual(few, many[:300])
        fixed = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(few, other))))
        self.assertIn("-cut-", few[fixed - 1][0])
        self.assertFalse(set(few[fixed:]) & set(other[fixed:]))
        self.assertEqual(len({name for name, _ in many}), 320)

    def test_files_that_are_there_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            soak.write_pictures(Path(folder), 20, 0)
            names = sorted(path.name for path in Path(folder).iterdir())
            (Path(folder) / names[3]).write_bytes(b"mine")
            (Path(folder) / names[4]).unlink()
            soak.write_pictures(Path(folder), 20, 0)
            self.assertEqual(sorted(path.name for path in Path(folder).iterdir()), names)
            self.assertEqual((Path(folder) / names[3]).read_bytes(), b"mine")

    def test_faults_are_told(self):
        good = soak.Watch(code=0)
        self.assertEqual(list(soak.faults(good, result(9, 4, corrupt=5), 9)), [])
        self.assertIn("8 of 9", "".join(soak.faults(good, result(8, 8), 9)))
        self.assertIn("do not add up", "".join(soak.faults(good, result(9, 5, corrupt=5), 9)))
        self.assertIn("unreadable", "".join(soak.faults(good, result(9, 8, unreadable=1), 9)))
        self.assertIn("ended with 1: why", "".join(soak.faults(soak.Watch(code=1), {"message": "why"}, 9)))
        grown = soak.Watch(code=0, memory=[(10, 100), (19_000, 200), (21_000, 300), (37_000, 211)])
        self.assertIn("1.055 times", "".join(soak.faults(grown, result(40_000, 40_000), 40_000)))


if __name__ == "__main__":
    unittest.main()
