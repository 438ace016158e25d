"""Tests of rela.train and bin/train; needs torch, NumPy, PyArrow and Pillow, no network and no Java."""

import contextlib
import importlib.util
import io
import itertools
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "src/main/python"))
MISSING = [name for name in ("torch", "torchvision", "numpy", "pyarrow", "PIL") if importlib.util.find_spec(name) is None]

if not MISSING:
    import numpy as np
    import pyarrow.parquet
    import torch
    import torchvision.transforms.functional as pillow_like
    from rela.torch import Sample
    from rela.train import methods, nets, options, views
    from rela.train.__main__ import main
    from rela.train.command import Rela, quoted
    from rela.train.failures import Refusal
    from rela.train.folder import RunFolder
    from rela.train.phase import Switch, Transfer, target_loss
    from rela.train.probe import probe
    from rela.train.trainer import Settings, Trainer
    from rela_homes import INDEX, Maker

    torch.set_num_threads(1)

# Trains, and is killed behind the Nth call of a method of RunFolder.
KILLED = """
import os, signal, sys
import torch
from rela.train.__main__ import main
from rela.train.folder import RunFolder

torch.set_num_threads(1)
name, calls = sys.argv[1], int(sys.argv[2])
whole = getattr(RunFolder, name)

def deadly(self, *args):
    global calls
    calls -= 1
    whole(self, *args)
    if not calls:
        os.kill(os.getpid(), signal.SIGKILL)

setattr(RunFolder, name, deadly)
sys.exit(main(sys.argv[3:]))
"""
# Fails as rela does: busy twice, then well; then with a message.
BATCH = """
import sys
ends = iter([7, 8, 0, 5])
for line in sys.stdin:
    print("said of", line.strip(), file=sys.stderr, flush=True)
    print("rela batch: exit", next(ends), flush=True)
    if "die" in line: sys.exit(3)
"""


def given() -> dict[str, str]:
    """The environment of a process that trains."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src/main/python"), "OMP_NUM_THREADS": "1"}


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class PhaseTest(unittest.TestCase):
    def test_transfer_and_loss_are_the_formula(self):
        transfer, chance = Transfer(6, 4, trained=False), np.random.default_rng(0)
        self.assertFalse(any(one.requires_grad for one in transfer.parameters()))
        self.assertTrue(all(one.requires_grad for one in Transfer(6, 4, trained=True).parameters()))
        w, b = transfer.weight.numpy().astype(float), transfer.bias.numpy().astype(float)
        h, y = chance.normal(size=(2, 5, 6)), chance.normal(size=(5, 4))
        expected = np.zeros(5)
        for view in h:
            z = view @ w.T + b
            expected += (1 - (z * y).sum(1) / np.linalg.norm(z, axis=1) / np.linalg.norm(y, axis=1)) / 2
        found = target_loss([transfer(torch.tensor(view).float()) for view in h], torch.tensor(y).float())
        np.testing.assert_allclose(expected, found.numpy(), atol=1e-6)
        opposite = target_loss([torch.tensor([[1.0, 0]])], torch.tensor([[-2.0, 0]]))
        self.assertEqual((2.0, 1.0), (opposite.item(), target_loss([torch.ones(1, 2)], torch.zeros(1, 2)).item()))

    def test_rho_is_the_recurrence(self):
        losses = np.random.default_rng(1).uniform(0.2, 1.2, 300)
        switch, slow, fast = Switch("rho", 10), 2.0, 1.0
        for loss in losses:
            switched = switch.step(float(loss))
            rho = np.exp(-max(slow - fast, 0))
            fast = 0.999 * fast + 0.001 * loss
            slow = 0.99 * slow + 0.01 * fast
            self.assertAlmostEqual(rho, switch.rho, 12)
            self.assertEqual(rho >= 0.995, switched)
        self.assertAlmostEqual(slow, switch.slow, 12)

    def test_rho_switches_where_the_reference_does(self):
        falling = {
            528: lambda t: 1.0,
            1885: lambda t: 0.7,
            2396: lambda t: 0.5,
            4121: lambda t: 0.3 + 0.7 * math.exp(-t / 1000),
            707: lambda t: 0.5 + 0.5 * math.exp(-t / 5000),
        }
        for expected, loss in falling.items():
            switch = Switch("rho", 100)
            self.assertEqual(expected, next(step for step in itertools.count(1) if switch.step(loss(step - 1))))
            self.assertTrue(switch.step(2.0), "never back")

    def test_other_rules(self):
        def begun(rule, epochs=4, probes=(0.0, 0.0, 0.0, 0.0), level=1.0):
            switch = Switch(rule, epochs, level)
            return [switch.begin(epoch, probe) for epoch, probe in enumerate(probes)]

        self.assertEqual([False, False, True, True], begun("0.5"))
        self.assertEqual([True] * 4, begun("0"))
        self.assertEqual([False] * 4, begun("1"))
        self.assertEqual([False] * 4, begun("never"))
        self.assertEqual([False, False, True, True], begun("teacher", probes=(0, 0.5, 0.7, 0.1), level=0.6))
        for rule in ("-0.1", "1.5", "nan", "often"):
            with self.assertRaisesRegex(ValueError, "say rho, teacher, decay, never, or a share"):
                Switch(rule, 4)

    def test_decay_goes_from_one_to_nothing_by_a_cosine(self):
        switch, shares = Switch("decay", 5), []
        for epoch in range(5):
            self.assertTrue(switch.begin(epoch, 0.0))
            shares.append(switch.share)
        np.testing.assert_allclose((1 + np.cos(np.pi * np.arange(5) / 4)) / 2, shares, atol=1e-12)
        self.assertEqual(0.0, Switch("0.5", 5).share)

    def test_probe_is_right_about_what_can_be_told_apart(self):
        x = torch.randn(300, 5, generator=torch.Generator().manual_seed(0)) * torch.tensor([1, 100, 1e-3, 1, 0.0])
        label = (x[:, 0] + x[:, 2] * 1000 > 0).long()
        self.assertGreater(probe((x[:200], label[:200]), (x[200:], label[200:])), 0.95)
        self.assertLess(probe((x[:200], label[torch.arange(199, -1, -1)]), (x[200:], label[200:])), 0.7)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class MethodsTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.features = [torch.randn(8, 6) for _ in range(2)]
        self.slow = [torch.randn(8, 6) for _ in range(2)]
        self.label = torch.zeros(8, dtype=torch.int64)

    @staticmethod
    def head(head, x):
        """Linear, batch normalisation by the batch, ReLU, linear."""
        first, norm, _, last = head
        x = x @ first.weight.detach().numpy().T.astype(float) + first.bias.detach().numpy()
        x = (x - x.mean(0)) / np.sqrt(x.var(0) + norm.eps) * norm.weight.detach().numpy() + norm.bias.detach().numpy()
        return np.maximum(x, 0) @ last.weight.detach().numpy().T.astype(float) + last.bias.detach().numpy()

    @staticmethod
    def cosine(x, y):
        return (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)

    def found(self, method):
        return method(self.features, self.slow, self.label).detach().numpy()

    def test_byol(self):
        method = methods.method("byol", 6, 0)
        with torch.no_grad():
            for one in method.slow_projector.parameters():
                one.add_(torch.randn_like(one) * 0.1)
        p = [self.head(method.predictor, self.head(method.projector, x.numpy())) for x in self.features]
        z = [self.head(method.slow_projector, x.numpy()) for x in self.slow]
        expected = -0.5 * (self.cosine(p[0], z[1]) + self.cosine(p[1], z[0]))
        np.testing.assert_allclose(expected, self.found(method), atol=1e-5)
        self.assertEqual(((12, 6), (256, 12), (12, 256)), (*self.shapes(method.projector), self.shapes(method.predictor)[0]))

    @staticmethod
    def shapes(head):
        return tuple(head[0].weight.shape), tuple(head[3].weight.shape)

    def test_simsiam(self):
        method = methods.method("simsiam", 6, 0)
        z = [self.head(method.projector, x.numpy()) for x in self.features]
        p = [self.head(method.predictor, one) for one in z]
        expected = -0.5 * (self.cosine(p[0], z[1]) + self.cosine(p[1], z[0]))
        np.testing.assert_allclose(expected, self.found(method), atol=1e-5)

    def test_dino(self):
        method = methods.method("dino", 6, 0)

        def outputs(head, x):
            first, _, second, _, last = head
            x = x.numpy() @ first.weight.detach().numpy().T.astype(float) + first.bias.detach().numpy()
            x = x * np.vectorize(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2)(x)
            x = x @ second.weight.detach().numpy().T.astype(float) + second.bias.detach().numpy()
            return x / np.linalg.norm(x, axis=1, keepdims=True) @ last.weight.detach().numpy().T.astype(float)

        def softmax(x):
            e = np.exp(x - x.max(1, keepdims=True))
            return e / e.sum(1, keepdims=True)

        centre = np.zeros(2048)
        for _ in range(2):
            students = [np.log(softmax(outputs(method.head, x) / 0.1)) for x in self.features]
            given = [outputs(method.slow_head, x) for x in self.slow]
            teachers = [softmax((x - centre) / 0.04) for x in given]
            expected = -0.5 * ((teachers[0] * students[1]).sum(1) + (teachers[1] * students[0]).sum(1))
            np.testing.assert_allclose(expected, self.found(method), atol=1e-4)
            centre = 0.9 * centre + 0.1 * np.concatenate(given).mean(0)
        np.testing.assert_allclose(centre, method.centre.numpy(), atol=1e-6)

    def test_supervised_has_no_loss_without_a_label(self):
        method = methods.method("supervised", 6, 3)
        logits = method.classifier(self.features[0]).detach().numpy()
        label = torch.tensor([0, 1, 2, -1, 0, 0, -1, 2])
        expected = np.log(np.exp(logits).sum(1)) - logits[np.arange(8), label]
        expected[[3, 6]] = 0
        np.testing.assert_allclose(expected, method(self.features, [], label).detach().numpy(), atol=1e-5)
        with self.assertRaisesRegex(ValueError, "needs labels"):
            methods.method("supervised", 6, 0)

    def test_nets_give_features_and_start_from_the_seed(self):
        for name, features in (("resnet20", 64), ("resnet18-w16", 128), ("resnet10-w16", 128), ("resnet18", 512)):
            first, d = nets.build(name, 32, 1)
            again, _ = nets.build(name, 32, 1)
            other, _ = nets.build(name, 32, 2)
            self.assertEqual(features, d)
            states = [net.state_dict() for net in (first, again, other)]
            self.assertTrue(all(torch.equal(value, states[1][key]) for key, value in states[0].items()), name)
            self.assertFalse(all(torch.equal(value, states[2][key]) for key, value in states[0].items()), name)
        with self.assertRaisesRegex(ValueError, "net resnet19 is none"):
            nets.build("resnet19", 32, 0)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class ViewsTest(unittest.TestCase):
    def setUp(self):
        self.chance = torch.Generator().manual_seed(3)
        self.pictures = torch.randint(0, 256, (6, 3, 16, 16), dtype=torch.uint8, generator=self.chance)
        self.x = self.pictures.float() / 255
        self.index = torch.tensor([5, 0, 3, 1 << 40, 8, 1])

    @staticmethod
    def pixels(view):
        """Of a normalised view, in [0, 1]."""
        mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (views.MEAN, views.STD))
        return view * std + mean

    def test_chance_is_splitmix64(self):
        mask = (1 << 64) - 1

        def expected(key, counter):
            x = (key + counter * 0x9E3779B97F4A7C15) & mask
            x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
            x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
            return ((x ^ (x >> 31)) >> 40) / (1 << 24)

        key = views.key(7, 3, 1)
        found = views.draws(key, self.index, 4)
        for row, index in enumerate(self.index.tolist()):
            self.assertEqual([expected(key, index * 4 + column) for column in range(4)], found[row].tolist())
        many = views.draws(key, torch.arange(20_000), 1)
        self.assertTrue(0 <= many.min() and many.max() < 1)
        self.assertAlmostEqual(0.5, many.mean().item(), 2)
        self.assertAlmostEqual(1 / 12, many.var().item(), 2)
        self.assertNotEqual(views.key(7, 3, 1), views.key(7, 1, 3))

    def test_the_plain_view_is_the_picture(self):
        found = self.pixels(views.View(flip=0.0)(self.pictures, self.index, 1))
        torch.testing.assert_close(found, self.x, atol=1e-5, rtol=0)
        flipped = self.pixels(views.View(flip=1.0)(self.pictures, self.index, 1))
        torch.testing.assert_close(flipped, self.x.flip(3), atol=1e-5, rtol=0)

    def test_a_sample_has_one_view_in_any_batch(self):
        view, key = methods.pair(64)[1], 11
        together = view(self.pictures, self.index, key)
        order = torch.tensor([4, 2, 0, 5])
        torch.testing.assert_close(together[order], view(self.pictures[order], self.index[order], key), atol=1e-6, rtol=0)
        alone = view(self.pictures[3:4], self.index[3:4], key)
        torch.testing.assert_close(together[3:4], alone, atol=1e-6, rtol=0)
        self.assertGreater((together - view(self.pictures, self.index, key + 1)).abs().max(), 0.1)
        self.assertGreater((together - view(self.pictures, self.index + 1, key)).abs().max(), 0.1)

    def test_crops_lie_inside_and_have_the_shares_asked_for(self):
        side, n = 64, 500
        ramp = torch.arange(side, dtype=torch.uint8)
        across = ramp.expand(side, side)
        picture = torch.stack([across, across.T, torch.zeros_like(across)])
        view = views.View(crop=(0.08, 1.0))
        found = self.pixels(view(picture.expand(n, 3, side, side), torch.arange(n), 5)) * 255
        across, down = found[:, 0, 32].diff(dim=1), found[:, 1, :, 32].diff(dim=1)
        inner = across[:, 1:-1].sign()
        self.assertTrue((inner == inner[:, :1]).all(), "a crop that left its picture would come back by reflection")
        self.assertTrue((down[:, 1:-1] > 0).all())
        flips = (across[:, 32] < 0).float().mean().item()
        self.assertAlmostEqual(0.5, flips, delta=0.08)
        wide, high = across[:, 20:40].abs().mean(1), down[:, 20:40].mean(1)
        share, ratio = wide * high, wide / high
        self.assertTrue((share > 0.075).all() and (share < 1.01).all())
        self.assertTrue((ratio > 0.74).all() and (ratio < 1.35).all())
        self.assertAlmostEqual(0.54, share.mean().item(), delta=0.05)

    def test_colours_are_those_of_torchvision(self):
        most, u = (0.8, 0.8, 0.8, 0.2), torch.rand(6, 4, generator=self.chance)
        found = views._jittered(self.x, most, u)
        for picture, chance, ours in zip(self.x, u.tolist(), found, strict=True):
            factors = [0.2 + 1.6 * one for one in chance[:3]]
            picture = pillow_like.adjust_brightness(picture, factors[0])
            picture = pillow_like.adjust_contrast(picture, factors[1])
            picture = pillow_like.adjust_saturation(picture, factors[2])
            picture = pillow_like.adjust_hue(picture, (2 * chance[3] - 1) * 0.2)
            torch.testing.assert_close(ours, picture, atol=1 / 255, rtol=0)
        grey = pillow_like.rgb_to_grayscale(self.x)
        torch.testing.assert_close(views._grey(self.x), grey, atol=1e-3, rtol=0)
        blurred = views._blurred(self.x[:1], torch.tensor([1.3]))
        torch.testing.assert_close(blurred, pillow_like.gaussian_blur(self.x[:1], [3, 3], [1.3, 1.3]), atol=1e-5, rtol=0)

    def test_a_full_turn_of_the_hue_is_none(self):
        for turns in (-1.0, 0.0, 1.0):
            torch.testing.assert_close(views._turned(self.x, torch.full((6, 1, 1), turns)), self.x, atol=1e-5, rtol=0)

    def test_chances_are_met(self):
        n = 2000
        picture = torch.randint(0, 256, (1, 3, 4, 4), dtype=torch.uint8, generator=self.chance).expand(n, 3, 4, 4)
        still = {"flip": 0.0}
        for name, view in (("grey", views.View(**still, grey=0.2)), ("solarise", views.View(**still, solarise=0.2))):
            found = self.pixels(view(picture, torch.arange(n), 9))
            changed = ((found - picture / 255).abs().amax((1, 2, 3)) > 1e-4).float().mean().item()
            self.assertAlmostEqual(0.2, changed, delta=0.03, msg=name)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class TrainerTest(unittest.TestCase):
    def batch(self, n=4):
        chance = torch.Generator().manual_seed(1)
        picture = torch.randint(0, 256, (n, 3, 8, 8), dtype=torch.uint8, generator=chance)
        label = torch.tensor([0, 1, -1, 1] * (n // 4))
        return Sample(picture, torch.randn(n, 5, generator=chance), torch.arange(n), torch.ones(n), label)

    def trainer(self, **settings):
        return Trainer(Settings(net="resnet10-w16", epochs=2, batch_size=4, **settings), 8, 5, 2)

    def test_momentum_networks_follow_and_heads_stay_fresh_until_the_switch(self):
        trainer = self.trainer(switch="0.5")
        before = {name: value.clone() for name, value in trainer.online.state_dict().items()}
        slow = {name: value.clone() for name, value in trainer.slow_net.named_parameters()}
        trainer.run_epoch([self.batch()])
        after = trainer.online.state_dict()
        heads = [name for name in before if name.startswith("method.") and "running" not in name]
        self.assertTrue(all(torch.equal(before[name], after[name]) for name in heads if "num_batches" not in name))
        changed = [name for name in before if name.startswith(("net.", "transfer.", "probe.")) and before[name].dim() > 1]
        self.assertTrue(all(not torch.equal(before[name], after[name]) for name in changed))
        fast = {name: value.clone() for name, value in trainer.online.net.named_parameters()}
        trainer.run_epoch([self.batch()])
        for name, value in trainer.slow_net.named_parameters():
            # After one step of equal networks nothing has moved; before the second they are as the first left them.
            torch.testing.assert_close(value, 0.99 * slow[name] + 0.01 * fast[name], msg=name)
        self.assertFalse(torch.equal(before["method.predictor.0.weight"], trainer.online.method.predictor[0].weight))

    def test_fixed_transfer_stays(self):
        trainer = self.trainer(transfer="fixed")
        before = trainer.online.transfer.weight.clone()
        trainer.run_epoch([self.batch()] * 2)
        self.assertTrue(torch.equal(before, trainer.online.transfer.weight))

    def test_weights_multiply_losses(self):
        batch = self.batch()
        once, twice = self.trainer(), self.trainer()
        none = self.trainer()
        once.run_epoch([batch])
        twice.run_epoch([batch._replace(weight=torch.tensor([2.0, 0, 2, 0]))])
        none.run_epoch([batch._replace(weight=torch.zeros(4))])
        moved = [one.optimiser.state[one.online.net[0].weight]["exp_avg"] for one in (once, twice, none)]
        self.assertFalse(torch.allclose(moved[0], moved[1]))
        self.assertEqual(0, moved[2].abs().max())

    def test_each_method_trains_in_each_precision_that_a_cpu_has(self):
        for method in ("byol", "dino", "simsiam", "supervised", "regression"):
            for switch in ("0", "decay"):
                for precision in ("float32", "bfloat16"):
                    trainer = self.trainer(method=method, switch=switch, precision=precision)
                    rows = [trainer.run_epoch([self.batch()] * 2) for _ in range(2)]
                    self.assertTrue(all(math.isfinite(row["loss"]) for row in rows), method)
                    self.assertEqual((2, 8), (rows[1]["steps"], rows[1]["samples"]))
                    blended = 2 if switch == "decay" or method == "regression" else 0
                    self.assertEqual(blended, rows[0]["rela_steps"], f"{method} {switch}")
                    weights = trainer.online.net[0].weight
                    self.assertEqual((torch.float32, True), (weights.dtype, bool(torch.isfinite(weights).all())))

    def test_the_decaying_loss_is_the_blend(self):
        trainer, batch = self.trainer(switch="decay", method="simsiam"), self.batch()
        online, x = trainer.online.train(), [views.normalised(batch.picture.float() / 255) for _ in range(2)]
        rest = (batch.target, batch.label)
        target, method = (online(x, slow, *rest)[0] for slow in (None, []))
        torch.testing.assert_close(online(x, [], *rest, 0.25)[0], 0.25 * target + 0.75 * method)

    def test_normalisation(self):
        trainer = self.trainer(normalisation="frozen")
        trainer.run_epoch([self.batch()])
        self.assertTrue(torch.equal(trainer.online.net[1].running_mean, torch.zeros(16)))
        with self.assertRaisesRegex(ValueError, "synchronised needs GPUs"):
            self.trainer(normalisation="synchronised")


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.maker = Maker(self.folder / "x")
        self.pictures = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))

    def words(self, run, *more):
        usual = ["--home", self.maker.home, "--run-dir", self.folder / run, "--net", "resnet10-w16", "--batch-size", 4]
        usual += ["--epochs", 3, "--subsets", "none", "--resident", "yes", "--device", "cpu"]
        return [*map(str, usual), *map(str, more)]

    def train(self, run, *more):
        """Exit code and what was said."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(self.words(run, *more))
        return code, said.getvalue()

    def state(self, run):
        return RunFolder(self.folder / run).checkpoint()

    def assert_same(self, expected, found, where=""):
        """Bit for bit, but for what was measured."""
        if isinstance(expected, dict):
            self.assertEqual(expected.keys(), found.keys(), where)
            for name in expected:
                if "seconds" not in str(name):
                    self.assert_same(expected[name], found[name], f"{where}/{name}")
        elif isinstance(expected, (list, tuple)):
            self.assertEqual(len(expected), len(found), where)
            for one, other in zip(expected, found, strict=True):
                self.assert_same(one, other, where)
        elif isinstance(expected, torch.Tensor):
            self.assertTrue(torch.equal(expected, found), where)
        else:
            self.assertEqual(expected, found, where)

    def test_a_run_leaves_learners_metrics_and_what_it_cost(self):
        code, said = self.train("run", "--test-home", self.maker.home, "--probe-every", 2, "--learner-every", 2)
        self.assertEqual(0, code, said)
        self.assertEqual(3, said.count("\nepoch") + said.startswith("epoch"))
        self.assertIn("epoch 0: ReLA, 2 steps of 8 samples", said)
        self.assertRegex(said, r"convert +1\.5 +[0-9.]+%\n")
        self.assertRegex(said, r"24 samples trained on")
        table = pyarrow.parquet.read_table(self.folder / "run/metrics.parquet").to_pydict()
        self.assertEqual(([0, 1, 2], [8, 8, 8], [2, 2, 0]), (table["epoch"], table["samples"], table["rela_steps"]))
        self.assertEqual([False, True, True], [one is not None for one in table["probe_top1"]])
        self.assertTrue(all(one > 0 for one in table["train_seconds"]))
        made = sorted(str(file.relative_to(self.folder / "run")) for file in (self.folder / "run").glob("epoch=*/*"))
        self.assertEqual([f"epoch={epoch}/{name}" for epoch in (1, 2) for name in ("learner.pt", "serving.properties")], made)
        properties = (self.folder / "run/epoch=2/serving.properties").read_text().splitlines()
        self.assertLessEqual({"width=8", "normalize=0.485,0.456,0.406,0.229,0.224,0.225"}, set(properties))
        learner = torch.jit.load(self.folder / "run/epoch=2/learner.pt")
        pictures = torch.randint(0, 256, (5, 3, 8, 8), dtype=torch.uint8)
        trainer = Trainer(Settings(net="resnet10-w16"), 8, 3, 3)
        trainer.load_state_dict(self.state("run")["trainer"])
        with torch.no_grad():
            found = learner(views.normalised(pictures.float() / 255))
        torch.testing.assert_close(found, trainer.features(pictures), atol=1e-4, rtol=1e-3)
        before = self.state("run")
        code, said = self.train("run", "--test-home", self.maker.home, "--probe-every", 2, "--learner-every", 2)
        self.assertEqual((0, True), (code, said.startswith("all epochs are done")), said)
        self.assert_same(before, self.state("run"))

    def test_killed_and_gone_on_is_the_same_bit_for_bit(self):
        every = ("--checkpoint-steps", 1)
        self.assertEqual(0, self.train("whole", *every)[0])
        # Of the checkpoints each epoch writes three: after each of two steps, and at its end.
        deaths = {
            "inside": ("write_checkpoint", 4),
            "between": ("write_checkpoint", 6),
            "unlearned": ("write_learner", 2),
        }
        killed = {}
        for run, death in deaths.items():
            words = [sys.executable, "-c", KILLED, *map(str, death), *self.words(run, *every)]
            killed[run] = subprocess.Popen(words, env=given(), stdout=subprocess.DEVNULL)
        for run, process in killed.items():
            self.assertEqual(-signal.SIGKILL, process.wait(timeout=300), run)
            code, said = self.train(run, *every)
            self.assertEqual((0, True), (code, said.startswith(("goes on in epoch 1", "goes on in epoch 2"))), said)
            self.assert_same(self.state("whole"), self.state(run), run)
            metrics = [pyarrow.parquet.read_table(self.folder / one / "metrics.parquet").to_pydict() for one in ("whole", run)]
            self.assert_same(*metrics, run)
            # The names of TorchScript's classes count up in a process, so the files' bytes differ.
            learners = [torch.jit.load(self.folder / one / "epoch=2/learner.pt") for one in ("whole", run)]
            with torch.no_grad():
                self.assertTrue(torch.equal(*(learner(self.pictures) for learner in learners)), run)

    def test_a_signal_ends_it_well(self):
        self.assertEqual(0, self.train("whole")[0])
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            run, steps, step = f"run-{code}", itertools.count(1), Trainer._step

            def signalled(trainer, *args, steps=steps, step=step, number=number):
                if next(steps) == 3:
                    os.kill(os.getpid(), number)
                return step(trainer, *args)

            with mock.patch.object(Trainer, "_step", signalled):
                ended = self.train(run)
            self.assertEqual(code, ended[0])
            self.assertIn(f"stopped by {number.name}; the same command goes on from there", ended[1])
            self.assertIn("goes on in epoch 1, behind 1 steps", self.train(run)[1])
            self.assert_same(self.state("whole"), self.state(run))

    def test_workers_give_the_same_as_resident_pictures(self):
        self.assertEqual(0, self.train("resident")[0])
        self.assertEqual(0, self.train("workers", "--resident", "no", "--workers", 1)[0])
        self.assert_same(self.state("resident"), self.state("workers"))

    def test_a_folder_of_another_run_is_refused(self):
        self.assertEqual(0, self.train("run", "--epochs", 1)[0])
        code, said = self.train("run", "--epochs", 1, "--batch-size", 2, "--learning-rate", 0.5)
        self.assertEqual(5, code)
        self.assertIn("was begun with --batch-size 4, not 2; --learning-rate 0.001, not 0.5", said)
        self.assertEqual(0, self.train("run", "--epochs", 1, "--resident", "no", "--workers", 0)[0])
        self.maker.convert()
        code, said = self.train("run", "--epochs", 1)
        self.assertEqual((5, True), (code, "conversion 1, not 2" in said), said)

    def test_bad_settings_are_told_together(self):
        wrong = ("--switch", "maybe", "--level", "2", "--ratio", 0.5, "--wait", -1, "--probe-every", 2)
        code, said = self.train("run", *wrong)
        self.assertEqual(2, code)
        for part in ("switch maybe is none", "--level belongs", "--ratio, --ratio-schedule", "--wait -1.0", "needs --test-home"):
            self.assertIn(part, said)
        self.assertFalse((self.folder / "run").exists())
        self.assertEqual(2, self.train("run", "--batch-size", 100)[0])
        self.assertIn("needs labels", self.train_unlabeled("--method", "supervised"))

    def train_unlabeled(self, *more):
        self.maker.manifest["class_names"] = []
        table = self.maker.rows(INDEX)
        labels = pyarrow.nulls(len(table), pyarrow.int32())
        self.maker.write("targets", table.set_column(table.schema.get_field_index("label"), "label", labels))
        self.maker.commit(self.maker.manifest["records"].pop())
        code, said = self.train("unlabeled", *more)
        self.assertEqual(2, code)
        return said

    def test_the_document_names_every_option_and_its_default(self):
        document = (ROOT / "src/site/markdown/training.md").read_text("utf-8")
        for action in options._parser()._actions:
            if action.dest != "help":
                self.assertTrue(re.search(rf"`[^`\n]*{action.option_strings[0]}\b", document), f"--{action.dest}")
        for name in options.METHODS + Switch.NAMED:
            self.assertIn(f"| `{name}` |", document)
        usual = Settings()
        for value in (usual.epochs, f"{usual.batch_size}, {usual.learning_rate}, {usual.weight_decay}", f"`{usual.net}`"):
            self.assertIn(f" {value} |\n", document)

    def test_what_is_not_there_is_named(self):
        code, said = self.train("run", "--home", self.folder / "nowhere")
        self.assertEqual((3, True), (code, "no manifest.json" in said), said)
        code, said = self.train("run", "--subsets", "epochs")
        self.assertEqual((3, True), (code, "no subsets/epoch=0" in said and "--subsets none" in said), said)
        code, said = self.train("waits", "--subsets", "epochs", "--wait", 0.01)
        self.assertEqual((3, True), (code, "after 0.01 s" in said), said)
        if not torch.cuda.is_available():
            self.assertEqual(6, self.train("run", "--device", "cuda")[0])

    def test_takes_the_subsets_that_a_scheduler_makes_of_its_learners(self):
        subsets = [[9, 0, 4, 7], [1, 3, 5, 8, 10], [0, 1, 3, 4, 5]]
        self.maker.distill(0, subsets[0], {9: 0.5})
        write, seen = RunFolder.write_learner, []

        def scheduled(folder, trainer, epoch):
            write(folder, trainer, epoch)
            self.assertTrue((folder.learner(epoch) / "learner.pt").exists())
            if epoch < 2:
                self.maker.distill(epoch + 1, subsets[epoch + 1], {9: 0.5})

        step = Trainer._step

        def watched(trainer, batch, original):
            seen.append((trainer.epoch, sorted(batch.index.tolist())))
            torch.testing.assert_close(batch.weight, (1 + batch.index / 7).float())
            return step(trainer, batch, original)

        with mock.patch.object(RunFolder, "write_learner", scheduled), mock.patch.object(Trainer, "_step", watched):
            code, said = self.train("run", "--subsets", "epochs", "--wait", 60)
        self.assertEqual(0, code, said)
        self.assertEqual([0, 1, 2], [epoch for epoch, _ in seen])
        for epoch, indices in seen:
            self.assertLessEqual(set(indices), set(subsets[epoch]))
            self.assertEqual(4, len(set(indices)))

    def test_level_of_the_teacher(self):
        code, said = self.train("run", "--switch", "teacher", "--level", "auto", "--epochs", 1)
        self.assertEqual(0, code, said)
        self.assertIn("the prior's features give top-1", said)
        self.assertEqual(0, self.train("other", "--switch", "teacher", "--level", 0.0001, "--epochs", 2)[0])
        self.assertEqual([2, 0], [row["rela_steps"] for row in self.state("other")["rows"]])

    def test_losses_are_logged_by_sample_and_step(self):
        self.assertEqual(0, self.train("run", "--losses", "logged", "--switch", "never", "--checkpoint-steps", 1)[0])
        table = pyarrow.parquet.read_table(self.folder / "run/losses").to_pydict()
        self.assertEqual([step for step in range(6) for _ in range(4)], sorted(table["step"]))
        self.assertLessEqual(set(table["index"]), set(INDEX))
        rows = self.state("run")["rows"]
        first = [loss for loss, step in zip(table["loss"], table["step"], strict=True) if step < 2]
        self.assertAlmostEqual(rows[0]["loss"], np.mean(first), 5)

    def test_two_processes_are_one(self):
        more = ("--normalisation", "frozen", "--epochs", 25, "--losses", "logged", "--switch", "0.6", "--learner-every", 25)
        self.assertEqual(0, self.train("one", *more)[0])
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        words = [*torchrun, str(ROOT / "bin/train"), *self.words("two", *more)]
        done = subprocess.run(words, env=given(), capture_output=True, text=True, timeout=600)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(25, done.stdout.count("steps of 8 samples"))
        one, two = (self.state(run) for run in ("one", "two"))
        self.assertEqual((50, 50), (one["trainer"]["steps"], two["trainer"]["steps"]))
        for part in ("online", "slow_net"):
            for name, value in one["trainer"][part].items():
                torch.testing.assert_close(value, two["trainer"][part][name], atol=1e-5, rtol=0)
        for ours, theirs in zip(one["rows"], two["rows"], strict=True):
            self.assertAlmostEqual(ours["loss"], theirs["loss"], 4)
            self.assertEqual((ours["samples"], ours["online_top1"]), (theirs["samples"], theirs["online_top1"]))
        ranks = [pyarrow.parquet.read_table(sorted((self.folder / "two/losses").glob(f"*rank={rank}*"))) for rank in (0, 1)]
        logged = [pyarrow.parquet.read_table(self.folder / "one/losses"), pyarrow.concat_tables(ranks)]
        seen = [sorted(zip(table["step"].to_pylist(), table["index"].to_pylist(), strict=True)) for table in logged]
        self.assertEqual(*seen)
        self.assertEqual(len(seen[1]), len(set(seen[1])), "no sample in two ranks")
        self.assertEqual(len(ranks[0]), len(ranks[1]))

    def test_a_torchrun_that_is_refused_says_it_once(self):
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        words = [*torchrun, str(ROOT / "bin/train"), *self.words("two", "--subsets", "epochs")]
        done = subprocess.run(words, env=given(), capture_output=True, text=True, timeout=600)
        self.assertEqual((1, 1), (done.returncode, done.stderr.count("train: ")), done.stderr)


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "rela.log"
        batch = Path(folder.name) / "batch.py"
        batch.write_text(BATCH)
        self.rela = Rela(f"{sys.executable} {batch}", self.log)
        self.addCleanup(self.rela.close)

    def test_busy_is_tried_again_and_what_else_fails_ends_with_its_message(self):
        self.assertGreater(self.rela.run("score", "--home", "my photos"), 0)
        self.assertEqual(3, self.log.read_text().count('$ rela score --home "my photos"'))
        with self.assertRaisesRegex(Refusal, "ended with code 5: said of select") as caught:
            self.rela.run("select")
        self.assertEqual(5, caught.exception.code)

    def test_a_batch_that_ends_is_told(self):
        self.rela.run("once")
        self.rela._process.terminate()
        with self.assertRaisesRegex(Refusal, "ended with code") as caught:
            self.rela.run("again")
        self.assertNotEqual(0, caught.exception.code)
        nowhere = Rela("/nowhere/rela", self.log)
        self.addCleanup(nowhere.close)
        with self.assertRaisesRegex(Refusal, "does not run"):
            nowhere.run("score")

    def test_words_as_batch_reads_them(self):
        words = {"a": "a", "a b": '"a b"', 'say "a"': "'say \"a\"'", "it's": '"it\'s"', "": '""'}
        self.assertEqual(list(words.values()), list(map(quoted, words)))
        with self.assertRaisesRegex(Refusal, "both kinds of quotes"):
            quoted('it\'s "a"')


if __name__ == "__main__":
    unittest.main()
