"""Tests of bin/export-prior; needs torch and torchvision, no network.

From the repository's root: python3 -m unittest discover -s src/test/python
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[3] / "bin" / "export-prior"
MISSING = [name for name in ("torch", "torchvision") if importlib.util.find_spec(name) is None]
SCRIPT_OPTIONS = ("--input-size", "8", "--mean", "0.5,0.4,0.3", "--std", "0.1,0.2,0.3")

if not MISSING:
    import torch
    from torch import nn

    class Pooled(nn.Module):
        """Features of a small net; `shape` spoils them."""

        def __init__(self, shape=lambda x: x.mean((2, 3))):
            super().__init__()
            self.conv = nn.Conv2d(3, 5, 3)
            self.norm = nn.BatchNorm2d(5)
            self.shape = shape

        def forward(self, x):
            return self.shape(self.norm(self.conv(x)))


def weights(module):
    """Types of the numbers that a frozen module multiplies by."""
    graph = module.inlined_graph
    nodes = [node for node in graph.findAllNodes("prim::Constant") if node.hasAttribute("value")]
    return {node.t("value").dtype for node in nodes if node.kindOf("value") == "t" and node.t("value").dim() > 1}


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class ExportPriorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "models" / "prior"

    def export(self, model, *options, code=0):
        done = subprocess.run(
            [sys.executable, str(PROGRAM), model, str(self.out), *options],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            timeout=300,
        )
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        if code:
            self.assertNotIn("Traceback", done.stderr)
            # Nothing half-made stays behind.
            self.assertEqual([], list(self.folder.rglob(".export-prior-*")))
        return done.stdout + done.stderr

    def script(self, net, name="net.pt", freeze=False):
        file = self.folder / name
        traced = torch.jit.trace(net.eval(), torch.rand(2, 3, 8, 8), check_trace=False)
        (torch.jit.freeze(traced) if freeze else traced).save(str(file))
        return f"torchscript:{file}"

    def properties(self):
        lines = (self.out / "serving.properties").read_text("ascii").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def loaded(self):
        return torch.jit.load(str(self.out / (self.properties()["option.modelName"] + ".pt")))

    def test_torchvision_model_gives_features_and_the_library_s_preprocessing(self):
        self.export("torchvision:resnet18", "--weights", "none")
        properties = self.properties()
        sha256 = hashlib.sha256((self.out / "resnet18.pt").read_bytes()).hexdigest()
        self.assertIn("torchvision", properties.pop("source"))
        self.assertEqual(
            {
                "engine": "PyTorch",
                "option.modelName": "resnet18",
                "width": "224",
                "height": "224",
                "resize": "256",
                "centerCrop": "true",
                "normalize": "0.485,0.456,0.406,0.229,0.224,0.225",
                "interpolation": "bilinear",
                "sha256": sha256,
            },
            properties,
        )
        features = self.loaded()(torch.rand(3, 3, 224, 224))
        self.assertEqual(((3, 512), torch.float32), (tuple(features.shape), features.dtype))

    def test_local_checkpoint_is_loaded_and_its_classifier_left_out(self):
        from torchvision.models import resnet18

        net = resnet18(num_classes=7).eval()
        torch.save(net.state_dict(), self.folder / "net.pth")
        output = self.export("torchvision:resnet18", "--weights", str(self.folder / "net.pth"), "--input-size", "64")
        self.assertIn("fc.weight", output)
        self.assertIn("weights net.pth", self.properties()["source"])
        x = torch.rand(2, 3, 64, 64)
        net.fc = nn.Identity()
        with torch.no_grad():
            torch.testing.assert_close(net(x), self.loaded()(x), rtol=1e-3, atol=1e-4)

    def test_checkpoint_of_another_model_is_refused(self):
        torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, self.folder / "net.pth")
        output = self.export("torchvision:resnet18", "--weights", str(self.folder / "net.pth"), code=3)
        self.assertIn("tensors are missing", output)

    def test_missing_weights_file_is_named(self):
        output = self.export("torchvision:resnet18", "--weights", "nowhere/net.pth", code=3)
        self.assertIn("nowhere/net.pth", output)
        self.assertFalse(self.out.exists())

    def test_unknown_model_and_weights_are_refused_with_what_there_is(self):
        self.assertIn("resnet18", self.export("torchvision:resnet81", "--weights", "none", code=2))
        self.assertIn("IMAGENET1K_V1", self.export("torchvision:resnet18", "--weights", "IMAGENET2K", code=2))

    def test_model_without_a_linear_end_is_refused(self):
        output = self.export("torchvision:squeezenet1_1", "--weights", "none", code=1)
        self.assertIn("no linear classifier", output)

    def test_torchscript_file_gives_the_same_features(self):
        net = Pooled()
        for frozen in (False, True):
            self.export(self.script(net, freeze=frozen), *SCRIPT_OPTIONS, "--resize", "9", "--overwrite")
            x = torch.rand(4, 3, 8, 8)
            with torch.no_grad():
                torch.testing.assert_close(net(x), self.loaded()(x), rtol=1e-4, atol=1e-5)
        properties = self.properties()
        self.assertEqual(
            ("8", "9", "0.5,0.4,0.3,0.1,0.2,0.3"), (properties["width"], properties["resize"], properties["normalize"])
        )

    def test_file_holds_no_path_and_is_the_same_each_time(self):
        self.export("torchvision:resnet18", "--weights", "none", "--input-size", "32")
        first = self.properties()["sha256"]
        with zipfile.ZipFile(self.out / "resnet18.pt") as archive:
            self.assertEqual(
                [], [name for name in archive.namelist() if name.endswith(".debug_pkl") or b".py" in archive.read(name)]
            )
            self.assertIsNone(archive.testzip())
        self.out = self.folder / "elsewhere"
        self.export("torchvision:resnet18", "--weights", "none", "--input-size", "32")
        self.assertEqual(first, self.properties()["sha256"])

    def test_torchscript_file_needs_its_preprocessing(self):
        output = self.export(self.script(Pooled()), code=2)
        self.assertIn("--input-size, --mean, --std", output)

    def test_unreadable_torchscript_file_is_refused(self):
        (self.folder / "net.pt").write_bytes(b"not a model")
        self.assertIn("net.pt", self.export(f"torchscript:{self.folder / 'net.pt'}", *SCRIPT_OPTIONS, code=3))
        self.assertIn("no file", self.export("torchscript:nowhere.pt", *SCRIPT_OPTIONS, code=3))

    def test_half_keeps_float32_outside_and_halves_the_file(self):
        net = nn.Sequential(nn.Conv2d(3, 256, 3), nn.ReLU(), nn.Conv2d(256, 64, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        model = self.script(net)
        self.export(model, *SCRIPT_OPTIONS)
        full = (self.out / "net.pt").stat().st_size
        x = torch.rand(2, 3, 8, 8)
        expected = self.loaded()(x)
        self.export(model, *SCRIPT_OPTIONS, "--half", "bf16", "--overwrite")
        features = self.loaded()(x)
        self.assertEqual(torch.float32, features.dtype)
        torch.testing.assert_close(expected, features, rtol=0.05, atol=0.01)
        self.assertLess((self.out / "net.pt").stat().st_size, 0.6 * full)
        self.assertIn("bf16", self.properties()["source"])

    def test_half_of_torchvision_model(self):
        self.export("torchvision:resnet18", "--weights", "none", "--half", "bf16", "--input-size", "64")
        features = self.loaded()(torch.rand(2, 3, 64, 64))
        self.assertEqual(((2, 512), torch.float32), (tuple(features.shape), features.dtype))

    def test_half_of_a_frozen_file_is_refused(self):
        output = self.export(self.script(Pooled(), freeze=True), *SCRIPT_OPTIONS, "--half", "bf16", code=2)
        self.assertIn("before freezing", output)

    def pictures(self, number=12, pixels=120):
        """Random pictures of another shape than the net's, of as many random pixels, as PPM under a suffix that counts."""
        folder = self.folder / "pictures" / "class"
        folder.mkdir(parents=True, exist_ok=True)
        generator = torch.Generator().manual_seed(3)
        for i in range(number):
            levels = torch.randint(0, 256, (pixels * 3,), generator=generator, dtype=torch.uint8)
            (folder / f"{i:02}.png").write_bytes(b"P6 12 10 255 " + bytes(levels.tolist()) * (120 // pixels))
        return folder.parent

    @unittest.skipIf(importlib.util.find_spec("PIL") is None, "not installed: PIL")
    def test_variant_stands_beside_the_module_and_says_what_it_costs(self):
        output = self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--precision", "bf16", "--try-on", str(self.pictures()))
        properties = self.properties()
        file = self.out / properties["precision.bfloat16.file"]
        self.assertEqual("net.bfloat16.pt", file.name)
        self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), properties["precision.bfloat16.sha256"])
        self.assertEqual(("whole", "12"), (properties["precision.bfloat16.form"], properties["precision.bfloat16.pictures"]))
        smallest, mean = (float(properties[f"precision.bfloat16.cosine.{what}"]) for what in ("smallest", "mean"))
        self.assertLess(0.99, smallest)
        self.assertLessEqual(smallest, mean)
        self.assertLess(mean, 1)
        # Five values have no 8 axes.
        self.assertNotIn("precision.bfloat16.targets.correlation.8", properties)
        self.assertIn(f"mean {mean:.5f}", output)
        x = torch.rand(3, 3, 8, 8)
        variant = torch.jit.load(str(file))
        expected, features = self.loaded()(x), variant(x.contiguous(memory_format=torch.channels_last))
        self.assertEqual(torch.float32, features.dtype)
        torch.testing.assert_close(expected, features, rtol=0.05, atol=0.02)
        self.assertFalse(torch.equal(expected, features))
        self.assertEqual({torch.bfloat16}, weights(variant))

    def test_forms_cast_as_much_as_they_say(self):
        class Products(nn.Module):
            """A product of each kind that holds weights."""

            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 3, groups=6), nn.Flatten(), nn.Linear(96, 7))
                self.mix, self.shift = nn.Parameter(torch.rand(7, 5)), nn.Parameter(torch.rand(5))

            def forward(self, x):
                return torch.addmm(self.shift, self.net(x), self.mix) @ self.mix.T

        model, x = self.script(Products()), torch.rand(2, 3, 8, 8)
        kinds = {"whole": {torch.bfloat16}, "mixed:9": {torch.bfloat16, torch.float32}, "mixed:96": {torch.float32}}
        for form, kept in {**kinds, "operators": {torch.bfloat16}}.items():
            with self.subTest(form):
                self.export(model, *SCRIPT_OPTIONS, "--precision", "bf16", "--form", form, "--overwrite")
                self.assertEqual(form, self.properties()["precision.bfloat16.form"])
                self.assertNotIn("precision.bfloat16.cosine.mean", self.properties())
                variant = torch.jit.load(str(self.out / "net.bfloat16.pt"))
                self.assertEqual(kept, weights(variant))
                torch.testing.assert_close(self.loaded()(x), variant(x), rtol=0.05, atol=0.02)

    @unittest.skipIf(importlib.util.find_spec("PIL") is None, "not installed: PIL")
    def test_form_is_the_first_that_is_close(self):
        conv = nn.Conv2d(3, 3, 3, groups=3, bias=False)
        with torch.no_grad():
            # What two large weights of opposite signs leave of an even picture is lost when they are rounded.
            conv.weight.copy_(torch.tensor([1000.7, -1000.2, 0, 0, 0, 0, 0, 0, 0]).view(1, 1, 3, 3).expand(3, 1, 3, 3))
        model = self.script(nn.Sequential(conv, nn.AdaptiveAvgPool2d(2), nn.Flatten()))
        even = str(self.pictures(pixels=1))
        output = self.export(model, *SCRIPT_OPTIONS, "--precision", "bf16", "--try-on", even)
        self.assertEqual("mixed:9", self.properties()["precision.bfloat16.form"])
        self.assertIn("bfloat16  whole", output)

    def test_variant_is_added_to_a_directory_that_is_there(self):
        self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--source", "nets")
        before = self.properties()
        add = [sys.executable, str(PROGRAM), f"directory:{self.out}", "--precision", "bf16"]
        for form in ("whole", "operators"):
            done = subprocess.run([*add, "--form", form], capture_output=True, text=True, timeout=300)
            self.assertEqual(0, done.returncode, done.stderr)
            added = self.properties()
            self.assertEqual(form, added["precision.bfloat16.form"])
            self.assertEqual(before, {key: value for key, value in added.items() if not key.startswith("precision.")})
            file = self.out / added["precision.bfloat16.file"]
            self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), added["precision.bfloat16.sha256"])
        self.assertEqual(["net.bfloat16.pt", "net.pt", "serving.properties"], sorted(os.listdir(self.out)))
        with (self.out / "net.pt").open("ab") as file:
            file.write(b"another one")
        done = subprocess.run(add, capture_output=True, text=True, timeout=300)
        self.assertEqual(3, done.returncode, done.stderr)
        self.assertIn("is not the file whose sha256", done.stderr)

    def test_options_of_a_variant_that_do_not_go_together_are_refused(self):
        model = self.script(Pooled())
        for options, says in (
            (("--precision", "bf16", "--half"), "leave one of them out"),
            (("--form", "whole"), "give --precision"),
            (("--precision", "bf16", "--form", "mixed"), "mixed:N"),
        ):
            with self.subTest(says):
                self.assertIn(says, self.export(model, *SCRIPT_OPTIONS, *options, code=2))
        self.assertIn("leave OUT out", self.export(f"directory:{self.out}", "--precision", "bf16", code=2))
        output = self.export(model, *SCRIPT_OPTIONS, "--precision", "bf16", "--try-on", str(self.folder / "nothing"), code=3)
        self.assertIn("holds 0 pictures", output)

    def test_float16_works_or_says_what_does(self):
        try:
            nn.Conv2d(3, 4, 3).half()(torch.rand(1, 3, 8, 8).half())
        except RuntimeError:
            output = self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--half", code=2)
            self.assertIn("--half bf16", output)
        else:
            self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--half")

    def test_outputs_that_are_no_features_are_refused(self):
        for shape, says in (
            (lambda x: x, "2 x 5 x 6 x 6"),
            (lambda x: x.mean((0, 2, 3)).unsqueeze(0), "1 x 5"),
            (lambda x: (x.mean((2, 3)), x), "tuple"),
            (lambda x: x.mean((2, 3)).double(), "float64"),
            (lambda x: x.mean((2, 3)) / 0, "not finite"),
        ):
            with self.subTest(says):
                self.assertIn(says, self.export(self.script(Pooled(shape)), *SCRIPT_OPTIONS, code=1))
                self.assertFalse(self.out.exists())

    def test_a_batch_size_that_the_trace_fixed_is_refused(self):
        model = self.script(Pooled(lambda x: x.mean((2, 3)) + torch.zeros(2, 5)))
        self.export(model, *SCRIPT_OPTIONS, code=1)

    def test_existing_directory_is_kept_unless_told(self):
        model = self.script(Pooled())
        self.out.mkdir(parents=True)
        self.export(model, *SCRIPT_OPTIONS)
        before = (self.out / "serving.properties").read_text()
        output = self.export(model, *SCRIPT_OPTIONS, "--name", "other", code=2)
        self.assertIn("--overwrite", output)
        self.assertEqual(before, (self.out / "serving.properties").read_text())
        self.export(model, *SCRIPT_OPTIONS, "--name", "other", "--overwrite")
        self.assertEqual("other", self.properties()["option.modelName"])
        self.loaded()

    def test_crop_larger_than_the_resize_is_refused(self):
        output = self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--resize", "7", code=2)
        self.assertIn("--resize 8", output)

    def test_source_is_written_as_java_reads_it(self):
        self.export(self.script(Pooled()), *SCRIPT_OPTIONS, "--source", "back\\slash,\n ü 😀")
        self.assertEqual(r"back\\slash, \u00fc \ud83d\ude00", self.properties()["source"])

    def test_device_that_is_not_there(self):
        if torch.cuda.is_available():
            self.skipTest("this machine has CUDA")
        self.assertIn("cuda", self.export("torchvision:resnet18", "--weights", "none", "--device", "cuda", code=6))

    def test_model_of_no_known_library(self):
        self.assertIn("torchvision, timm", self.export("keras:resnet", code=2))


class MissingLibraryTest(unittest.TestCase):
    def refused(self, blocked, model):
        # A module of None in sys.modules fails to import, as one that is not installed does.
        code = (
            f"import runpy, sys; sys.modules[{blocked!r}] = None; sys.argv = sys.argv[1:]; "
            "runpy.run_path(sys.argv[0], run_name='__main__')"
        )
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", code, str(PROGRAM), model, f"{folder}/out"], capture_output=True, text=True, timeout=120
            )
            self.assertFalse(Path(folder, "out").exists())
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertEqual(1, len(done.stderr.splitlines()), done.stderr)
        return done.stderr

    @unittest.skipIf("torch" in MISSING, "not installed: torch")
    def test_missing_library_is_named_with_the_repair(self):
        self.assertIn("pip install timm", self.refused("timm", "timm:resnet18"))
        self.assertIn("pip install open_clip_torch", self.refused("open_clip", "open_clip:ViT-B-32/openai"))

    def test_missing_torch_is_named_with_the_repair(self):
        self.assertIn("pip install torch", self.refused("torch", "torchvision:resnet18"))


if __name__ == "__main__":
    unittest.main()
