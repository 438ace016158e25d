"""Tests of the Python package rela; needs NumPy, PyArrow, Pillow and fsspec, no network and no torch."""

import importlib.util
import json
import pickle
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "main" / "python"))
MISSING = [name for name in ("numpy", "pyarrow", "PIL", "fsspec") if importlib.util.find_spec(name) is None]

if not MISSING:
    import fsspec
    import pyarrow.fs
    import rela
    from fsspec.implementations.local import LocalFileSystem
    from rela.pictures import Pictures
    from rela.storage import RowGroups, located, write_whole
    from rela_homes import INDEX, Maker, png, target


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class HomeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.maker = Maker(self.folder / "x")
        self.maker.distill(2, [9, 0, 4], dict.fromkeys(INDEX, 0.5) | {4: 0.9, 7: 0.9, 1: 0.1})
        self.home = rela.open(self.maker.home)

    def test_manifest_is_typed(self):
        manifest = self.home.manifest
        self.assertEqual((11, 9, 2, {"corrupt": 2}), tuple(vars(manifest.conversion.counts).values())[:4])
        self.assertEqual([2], manifest.epochs("subsets"))
        self.assertEqual(3, manifest.of_epoch(2)[-1].counts.selected)
        self.assertEqual(["even", "odd", "empty"], self.home.class_names)

    def test_other_manifests_are_refused(self):
        file = self.maker.home / "manifest.json"
        tree = json.loads(file.read_text())
        for text, message in (
            (json.dumps(tree | {"format": 2}), "take a newer rela"),
            (json.dumps(tree | {"format": 0}), "convert again"),
            (json.dumps({"format": 1}), "damaged"),
            (file.read_text()[:-9], "damaged"),
        ):
            file.write_text(text)
            with self.assertRaisesRegex(ValueError, message):
                rela.open(self.maker.home)
        file.unlink()
        with self.assertRaisesRegex(FileNotFoundError, "rela convert"):
            rela.open(self.maker.home)

    def test_tables_in_their_order(self):
        self.assertEqual(INDEX, self.home.targets()["index"].to_pylist())
        self.assertEqual([target(index, 1) for index in INDEX], rela.vectors(self.home.targets()["target"]).tolist())
        self.assertEqual(["uri"], self.home.targets(["uri"]).column_names)
        self.assertEqual(INDEX, self.home.losses(2)["index"].to_pylist())
        self.assertEqual([9, 0, 4], self.home.subset(2)["index"].to_pylist())
        self.assertEqual((0, 0), rela.vectors(self.home.targets()["target"].slice(0, 0)).shape)

    def test_hardest_and_easiest_by_loss_then_index(self):
        hardest = self.home.hardest(3)
        self.assertEqual([4, 7, 0], hardest["index"].to_pylist())
        self.assertEqual(["even", "odd", "even"], hardest["label_name"].to_pylist())
        self.assertEqual([1, 0], self.home.easiest(2, epoch=2)["index"].to_pylist())
        with self.assertRaisesRegex(LookupError, "rela score"):
            rela.open(Maker(self.folder / "y").home).hardest(1)

    def test_missing_epoch_is_named(self):
        with self.assertRaisesRegex(LookupError, "no subsets/epoch=5, but features, losses/epoch=2"):
            self.home.subset(5)
        with self.assertRaisesRegex(TimeoutError, "no losses/epoch=5 after 0.01 s"):
            self.home.table("losses/epoch=5", wait=0.01)

    def test_epochs_made_since_are_found_and_waited_for(self):
        self.maker.distill(3, [1], {1: 0.5})
        self.assertEqual([1], self.home.subset(3)["index"].to_pylist())
        writer = threading.Thread(target=self.maker.distill, args=(4, [3], {3: 0.5}))
        writer.start()
        self.assertEqual([3], self.home.subset(4, wait=60)["index"].to_pylist())
        writer.join()

    def test_one_generation_or_an_error(self):
        self.maker.convert()
        for read in (self.home.targets, lambda: self.home.subset(2), lambda: self.home.subset(6), lambda: self.home.losses(6)):
            with self.assertRaisesRegex(rela.WrittenAnew, "anew.*pen it again"):
                read()
        self.assertEqual(target(0, 2), rela.open(self.maker.home).targets()["target"][0].as_py())

    def test_replaced_epoch_is_not_mixed(self):
        self.maker.distill(2, [1, 3], {1: 0.5})
        with self.assertRaisesRegex(rela.WrittenAnew, "was written anew"):
            self.home.subset(2)
        self.assertEqual(INDEX, self.home.targets()["index"].to_pylist())

    def test_damaged_file_is_not_read(self):
        with (self.maker.home / self.home.files("targets")[1].path).open("ab") as file:
            file.write(b"x")
        with self.assertRaisesRegex(rela.WrittenAnew, "rela inspect tells"):
            self.home.targets()

    def refused(self, deletes):
        """The home on a store whose files can be opened and not read, as those that were deleted since then."""

        class Store(LocalFileSystem):
            cachable = False

            def _open(self, path, mode="rb", **options):
                file = super()._open(path, mode, **options)
                if path.endswith(".parquet"):
                    if deletes:
                        Path(path).unlink()
                    file.read = self.refuse
                return file

            def refuse(self, *_):
                raise OSError("404 of a GET")

        return rela.open(self.maker.home, filesystem=Store())

    def test_file_deleted_while_it_is_read(self):
        with self.assertRaisesRegex(OSError, "404 of a GET"):
            self.refused(deletes=False).targets()
        with self.assertRaisesRegex(rela.WrittenAnew, "as it was"):
            self.refused(deletes=True).targets()

    def test_manifest_replaced_while_it_is_read(self):
        parts = []

        class Store(LocalFileSystem):
            cachable = False

            def _open(self, path, mode="rb", **options):
                return parts.pop().open(mode) if parts else super()._open(path, mode, **options)

        half = self.folder / "half"
        half.write_text((self.maker.home / "manifest.json").read_text()[:-9])
        parts += [half] * 2
        self.assertEqual([2], rela.open(self.maker.home, filesystem=Store()).manifest.epochs("subsets"))
        parts += [half] * 3
        with self.assertRaisesRegex(ValueError, "damaged"):
            rela.open(self.maker.home, filesystem=Store())

    def test_file_systems(self):
        memory = fsspec.filesystem("memory")
        memory.put(str(self.maker.home), "/bucket/home", recursive=True)
        self.addCleanup(memory.rm, "/bucket", recursive=True)
        below = pyarrow.fs.SubTreeFileSystem(str(self.maker.home.parent), pyarrow.fs.LocalFileSystem())
        for home in (
            rela.open("memory://bucket/home/"),
            rela.open("/bucket/home", memory),
            rela.open("s3a://bucket/home", memory),
            rela.open("home", below),
            rela.open(f"file:{self.maker.home}"),
            rela.open(f"file://{self.maker.home}"),
        ):
            self.assertEqual(INDEX, home.targets()["index"].to_pylist(), home)
        with self.assertRaises(ValueError):
            rela.open("nosuch://bucket/home")
        write_whole("memory://bucket/out/x", b"12")
        self.assertEqual(b"12", memory.cat("/bucket/out/x"))

    def test_uris_are_not_decoded(self):
        self.assertEqual("/a b/c%20d#2", located("file:/a b/c%20d#2")[1])
        self.assertEqual("/a", located("file:///a")[1])

    @unittest.skipUnless(importlib.util.find_spec("datasets"), "not installed: datasets")
    def test_hugging_face_features(self):
        features = rela.open(Maker(self.folder / "y", "kept").home).hf("targets", streaming=True).features
        self.assertEqual(["even", "odd", "empty"], features["label"].names)
        self.assertEqual("Image", type(features["image"]).__name__)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class PicturesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_every_kind_of_source(self):
        for kind in ("folder", "tar", "parquet", "kept"):
            pictures = Pictures(rela.open(Maker(self.folder / kind, kind).home))
            self.assertEqual(png(0), pictures[0])  # now it holds files open, which do not travel
            for copy in (pictures, pickle.loads(pickle.dumps(pictures))):
                for row in (8, 0, 3, 4, 5, 8):
                    self.assertEqual(png(INDEX[row]), copy[row], f"{kind}, row {row}")
            self.assertEqual(kind == "kept", pictures.kept)

    def test_source_although_kept(self):
        maker = Maker(self.folder / "x", "kept")
        home = rela.open(maker.home)
        self.assertEqual(png(4), Pictures(home, kept=False)[3])
        Path(maker.places[4][0].removeprefix("file:")).unlink()
        self.assertEqual(png(4), Pictures(home)[3])
        with self.assertRaises(FileNotFoundError):
            Pictures(home, kept=False)[3]
        with self.assertRaisesRegex(LookupError, "--keep-images"):
            Pictures(rela.open(Maker(self.folder / "y").home), kept=True)

    def test_changed_source_is_an_error(self):
        for kind in ("folder", "tar"):
            maker = Maker(self.folder / kind, kind)
            file = Path(maker.places[10][0].removeprefix("file:"))
            offset = maker.places[10][1] or 0
            file.write_bytes(file.read_bytes()[: offset + 20])
            with self.assertRaisesRegex(ValueError, "20 bytes.*convert again"):
                Pictures(rela.open(maker.home))[8]

    def test_replaced_home_is_written_anew(self):
        maker = Maker(self.folder / "x", "kept")
        pictures = Pictures(rela.open(maker.home))
        maker.convert()
        with self.assertRaises(rela.WrittenAnew):
            pictures[0]

    def test_row_groups_keep_to_their_limit(self):
        maker = Maker(self.folder / "x", "parquet")
        file = maker.places[0][0].removeprefix("file:").rpartition("#")[0]
        opened = []

        def opener(path):
            opened.append(path)
            return pyarrow.fs.LocalFileSystem().open_input_file(path)

        groups = RowGroups(opener, "image", limit=1)
        self.assertEqual([png(row) for row in (0, 5, 10, 3)], [groups.value(file, row)["bytes"] for row in (0, 5, 10, 3)])
        self.assertEqual((1, [file]), (len(groups._kept), opened))
        with self.assertRaisesRegex(IndexError, "has 11 rows, not row 11"):
            groups.value(file, 11)


if __name__ == "__main__":
    unittest.main()
