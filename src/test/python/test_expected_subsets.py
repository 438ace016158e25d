"""Tests of expected_subsets.py check on homes written here; needs numpy and pyarrow.

From the repository's root: python3 -m unittest discover -s src/test/python
"""

import contextlib
import importlib.util
import io
import json
import tempfile
import unittest
from pathlib import Path

MISSING = [name for name in ("numpy", "pyarrow") if importlib.util.find_spec(name) is None]
MANIFEST = Path(__file__).resolve().parents[1] / "resources" / "manifest" / "manifest.json"

if not MISSING:
    import expected_subsets
    import pyarrow as pa
    import pyarrow.parquet as pq

INDEX = [0, 1, 2, 4, 5, 7]
LOSS = [0.1, 0.9, 0.4, 0.8, None, 0.2]  # the missing one counts as the mean, 0.48
HARDEST = [1, 4, 5]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class CheckTest(unittest.TestCase):
    """The manifest is one that the jar wrote, shortened: its test ManifestFileTest reads the same file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.manifest = json.loads(MANIFEST.read_text())
        self.write("targets", {"index": pa.array(INDEX), "label": pa.array([0, 0, 1, 1, None, 1], pa.int32())})
        known = [(i, loss) for i, loss in zip(INDEX, LOSS, strict=True) if loss is not None]
        self.write("losses/epoch=2", {"index": pa.array([i for i, _ in known]), "loss": pa.array([x for _, x in known])})
        self.subset()

    def write(self, table, columns):
        """One file of a table, floats as float32, and the manifest that names it."""
        for name, column in columns.items():
            columns[name] = column.cast(pa.float32()) if pa.types.is_floating(column.type) else column
        path = self.home / table / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)
        self.manifest["tables"][table] = [{"path": f"{table}/part-0.parquet", "rows": len(columns["index"])}]
        (self.home / "manifest.json").write_text(json.dumps(self.manifest))

    def subset(self, index=HARDEST, loss=(0.9, 0.8, None), weight=(1.0, 1.0, 1.0)):
        columns = {"index": pa.array(index), "loss": pa.array(loss), "weight": pa.array(weight)}
        self.write("subsets/epoch=3", columns)

    def check(self, epoch=3):
        """Exit code and what is wrong."""
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = expected_subsets.check(self.home, epoch, None)
        return code, json.loads(said.getvalue())["wrong"]

    def test_the_right_subset_passes(self):
        self.assertEqual((0, []), self.check())

    def test_rows_may_stand_in_any_order(self):
        self.subset([5, 1, 4], (None, 0.9, 0.8))
        self.assertEqual((0, []), self.check())

    def test_another_sample_fails(self):
        self.subset([1, 2, 4], (0.9, 0.4, 0.8))
        self.assertEqual((1, ["1 indices are missing and 1 are too many"]), self.check())

    def test_another_weight_fails(self):
        self.subset(weight=(1.0, 1.5, 1.0))
        self.assertEqual((1, ["weights are off by up to 0.5"]), self.check())

    def test_another_loss_fails(self):
        self.subset(loss=(0.9, 0.7, None))
        self.assertEqual((1, ["the losses beside the indices are not those of the samples"]), self.check())

    def test_losses_of_another_home_fail(self):
        self.write("losses/epoch=2", {"index": pa.array(INDEX), "loss": pa.array([0.9, 0.1, 0.8, 0.2, 0.5, 0.7])})
        self.assertEqual(1, self.check()[0])

    def test_an_epoch_without_subset_is_named(self):
        with self.assertRaisesRegex(SystemExit, "no subset of epoch 9"):
            self.check(9)

    def test_parameters_and_ratio_are_read_from_the_record(self):
        of = {epoch: expected_subsets.settings_of(expected_subsets.newest(self.manifest, epoch)) for epoch in (3, 5)}
        self.assertEqual(("hard", 2, 0.5), tuple(of[3][key] for key in ("name", "losses", "ratio")))
        self.assertEqual(("ccs", 5, {"hard-cutoff": 0.1, "strata": 50}), tuple(of[5][key] for key in ("name", "seed", "params")))
        self.assertEqual("cosine:0.9..0.2@8", of[5]["schedule"])
        self.assertEqual((8, 1), (of[5]["epochs"], of[5]["reference"]))
        self.assertEqual("cluster", of[5]["classes"])


if __name__ == "__main__":
    unittest.main()
