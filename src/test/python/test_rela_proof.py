"""The experiment's cells and tables; the runs themselves are tried by the row `proof` of bin/check-ecosystem."""

import dataclasses
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import pyarrow.parquet
from rela.proof.cells import PRESETS, Cell, rows
from rela.proof.material import Material, scales, subset
from rela.proof.tables import Results, mean_and_error


class CellsTest(unittest.TestCase):
    def test_rows_have_names_and_cells_of_their_own(self):
        for preset in PRESETS.values():
            made = rows(preset, "axis")
            self.assertEqual(len(made), len({(row.study, row.name) for row in made}))
            cells = {}
            for row in made:
                cells.setdefault(row.cell, []).append(row)
            # A run that two studies have in common is run once.
            self.assertTrue(all(len({row.study for row in same}) == len(same) for same in cells.values()))

    def test_ids_tell_settings_apart_and_seeds(self):
        row = rows(PRESETS["cpu"], "axis")[0]
        self.assertNotEqual(row.seeded(1).id, row.seeded(2).id)
        self.assertEqual(row.seeded(1).id, dataclasses.replace(row.cell, seed=1).id)

    def test_equal_ratios_have_equal_numbers_of_pictures(self):
        for row in rows(PRESETS["cpu"], "axis"):
            if row.study == "policies" and row.cell.policy != "infobatch":
                self.assertEqual(row.cell.epochs, PRESETS["cpu"].epochs, row.name)


class TargetsTest(unittest.TestCase):
    def test_permuted_targets_are_those_of_other_samples_by_seed(self):
        with tempfile.TemporaryDirectory() as folder:
            material = Material(Path(folder))
            material.arrays.mkdir()
            targets = np.arange(60, dtype=np.float32).reshape(20, 3)
            material.save("index", np.arange(20))
            material.save("p-axis", targets)
            cell = Cell(1, targets="p/axis", values=2)
            np.testing.assert_array_equal(material.targets(cell), targets[:, :2])
            permuted = dataclasses.replace(cell, permuted=True)
            first = material.targets(permuted).numpy()
            np.testing.assert_array_equal(np.sort(first[:, 0]), targets[:, 0])
            self.assertFalse((first == targets[:, :2]).all())
            np.testing.assert_array_equal(first, material.targets(permuted))
            self.assertFalse((first == material.targets(dataclasses.replace(permuted, seed=2)).numpy()).all())

    def test_forms_of_targets_that_were_packed_as_scales_come_back(self):
        with tempfile.TemporaryDirectory() as folder:
            material = Material(Path(folder))
            material.arrays.mkdir()
            axis = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
            none = axis * np.float32([3, 2, 1, 0.5])
            material.save("p-axis", axis)
            np.save(material.arrays / "p-none.scales.npy", scales(axis, none))
            material.unpack()
            np.testing.assert_allclose(material.load("p-none"), none, rtol=1e-6)
            with self.assertRaises(ValueError):
                scales(axis, none[::-1])

    def test_subsets_made_beforehand_are_told_apart(self):
        made = rows(PRESETS["gpu"], "axis")
        cells = {row.seeded(seed) for row in made for seed in (1, 2) if row.cell.ratio < 1}
        settings = {(one.ratio, one.policy, one.options, one.proxy, 0 if one.proxy else one.seed) for one in cells}
        self.assertEqual(len({subset(one) for one in cells}), len(settings))


class TablesTest(unittest.TestCase):
    def test_means_have_the_standard_error_over_seeds(self):
        values = [0.5, 0.53, 0.56, 0.49]
        mean, error = mean_and_error(values)
        self.assertAlmostEqual(mean, np.mean(values))
        self.assertAlmostEqual(error, np.std(values, ddof=1) / 2)
        self.assertEqual(mean_and_error([0.4]), (0.4, None))

    def test_tables_hold_the_cells_that_have_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "cells").mkdir()
            made = rows(PRESETS["tiny"], "axis")
            row = made[0]
            for seed, top1 in ((1, 0.25), (2, 0.75)):
                cell = row.seeded(seed)
                result = dataclasses.asdict(cell) | {
                    "top1": top1,
                    "loss": [1.0],
                    "samples": 1234,
                    "rela_steps": 0,
                    "seconds": 9.0,
                }
                result |= {"train_seconds": 7.0, "score_seconds": 0.0, "select_seconds": 0.0}
                (work / "cells" / f"{cell.id}.json").write_text(json.dumps(result))
            results = Results(work)
            references = {"seconds": 3.5, "probes": {"the prior": 0.5}}
            table = results.markdown(made, 2, references)
            self.assertIn(f"| {row.name} | 50.0 | 25.0 | 2 | 1,234 | 0 | 7 | 0 | 0 | 0% |", table)
            self.assertIn("| the prior | 50.0 |", table)
            self.assertNotIn(made[1].name, table)
            self.assertEqual(results.write(made, 2), 2)
            self.assertEqual(pyarrow.parquet.read_table(work / "results.parquet")["top1"].to_pylist(), [0.25, 0.75])
            other = work / "other"
            (other / "cells").mkdir(parents=True)
            self.assertEqual(Results.take(work / "results.parquet", other), 2)
            self.assertEqual(Results(other).markdown(made, 2, references), table)
            self.assertEqual(Results.take(work / "results.parquet", other), 0)


if __name__ == "__main__":
    unittest.main()
