"""Tests of rela.torch and rela.reference; needs torch, NumPy, PyArrow and Pillow, no network."""

import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "main" / "python"))
MISSING = [name for name in ("torch", "numpy", "pyarrow", "PIL") if importlib.util.find_spec(name) is None]

if not MISSING:
    import numpy as np
    import pyarrow.parquet
    import rela
    import rela.reference
    import torch
    from PIL import Image
    from rela.torch import EpochSampler, HomeDataset, LossLog, ResidentHome, save_learner
    from rela_homes import INDEX, Maker, png, target

    class Net(torch.nn.Module):
        """A learner of three values; `spoil` makes them unfit."""

        def __init__(self, spoil=None):
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 3, 3)
            self.norm = torch.nn.BatchNorm2d(3)
            self.spoil = spoil or torch.nn.Identity()

        def forward(self, x):
            return self.spoil(self.norm(self.conv(x)).mean((2, 3)))


SUBSET = [9, 0, 4, 7, 1, 10, 3]
# Two processes of a training: their ranks come from torch.distributed.
TRAINER = """
import sys, torch, rela
from rela.torch import EpochSampler
torch.distributed.init_process_group("gloo", init_method=f"file://{sys.argv[2]}", rank=int(sys.argv[3]), world_size=2)
sampler = EpochSampler(rela.open(sys.argv[1]))
sampler.set_epoch(2)
print(*(row for row, _ in sampler))
torch.distributed.destroy_process_group()
"""


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class TorchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.maker = Maker(self.folder / "x")
        for epoch in range(20):
            self.maker.distill(epoch, SUBSET, {9: 0.5})
        self.home = rela.open(self.maker.home)

    def drawn(self, epoch, ranks=1, taken=0, seed=0):
        """What each rank trains on, as indices, and how many samples are left out."""
        ranks_drawn, left = [], set()
        for rank in range(ranks):
            sampler = EpochSampler(self.home, seed=seed, rank=rank, ranks=ranks)
            sampler.set_epoch(epoch, taken)
            ranks_drawn.append([INDEX[row] for row, _ in sampler])
            self.assertEqual(len(ranks_drawn[-1]), len(sampler))
            left.add(sampler.left_out)
        self.assertEqual(1, len(left))
        return ranks_drawn, left.pop()

    def test_each_sample_once_and_the_rest_is_counted(self):
        for ranks in (1, 2, 3, 4, 7, 8):
            drawn, left = self.drawn(2, ranks)
            together = sum(drawn, [])
            self.assertEqual({7 // ranks}, set(map(len, drawn)))
            self.assertEqual(7 % ranks, left)
            self.assertEqual(7 - left, len(set(together)))
            self.assertLessEqual(set(together), set(SUBSET))

    def test_order_changes_by_epoch_and_seed_only(self):
        self.assertEqual(self.drawn(2), self.drawn(2))
        orders = {tuple(self.drawn(epoch, seed=seed)[0][0]) for epoch in range(20) for seed in (0, 1)}
        self.assertGreater(len(orders), 30)
        left_out = [set(SUBSET) - set(sum(self.drawn(epoch, 4)[0], [])) for epoch in range(20)]
        self.assertEqual(set(SUBSET), set.union(*left_out), "over epochs every sample is left out now and then, none always")
        self.assertEqual(set(), set.intersection(*left_out))

    def test_goes_on_in_the_middle_with_other_ranks(self):
        whole = self.drawn(2)[0][0]
        before = EpochSampler(self.home)
        before.set_epoch(2)
        after = EpochSampler(self.home, seed=5)
        after.load_state_dict(before.state_dict(taken=3))
        self.assertEqual(whole[3:], [INDEX[row] for row, _ in after])
        drawn, left = self.drawn(2, ranks=2, taken=3)
        self.assertEqual((sorted(whole[3:]), 0), (sorted(sum(drawn, [])), left))
        with self.assertRaisesRegex(ValueError, "taken is 8, but the subset of epoch 2 has 7"):
            before.set_epoch(2, 8)

    def test_misuse_is_named(self):
        with self.assertRaisesRegex(RuntimeError, "set_epoch"):
            len(EpochSampler(self.home))
        with self.assertRaisesRegex(ValueError, "rank 2 of 2"):
            EpochSampler(self.home, rank=2, ranks=2)
        with self.assertRaisesRegex(LookupError, "no subsets/epoch=99"):
            EpochSampler(self.home).set_epoch(99)

    def test_ranks_of_torch_distributed(self):
        words = [sys.executable, "-c", TRAINER, str(self.maker.home), str(self.folder / "rendezvous")]
        given = {**os.environ, "PYTHONPATH": str(Path(rela.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
        trainers = [subprocess.Popen([*words, str(rank)], env=given, stdout=subprocess.PIPE, text=True) for rank in (0, 1)]
        found = [[INDEX[int(row)] for row in trainer.communicate(timeout=300)[0].split()] for trainer in trainers]
        self.assertEqual(self.drawn(2, ranks=2)[0], found)

    def test_samples_of_workers_that_are_forked_or_spawned(self):
        data = HomeDataset(self.home)
        self.assertEqual((9, 1.0), (len(data), data[3].weight.item()))
        sampler = EpochSampler(self.home)
        sampler.set_epoch(2)
        for context, workers in ((None, 0), ("fork", 2), ("spawn", 1)):
            loader = torch.utils.data.DataLoader(data, 3, sampler=sampler, num_workers=workers, multiprocessing_context=context)
            seen = []
            for batch in loader:
                self.assertEqual((torch.int64, torch.float32), (batch.index.dtype, batch.weight.dtype))
                for picture, values, index, weight, label in zip(*batch, strict=True):
                    i = index.item()
                    self.assertEqual(target(i, 1), values.tolist())
                    self.assertEqual(np.float32(1 + i / 7), weight.numpy())
                    self.assertEqual(-1 if i == 10 else i % 2, label.item())
                    self.assertTrue((picture.permute(1, 2, 0).numpy() == np.asarray(Image.open(io.BytesIO(png(i))))).all())
                    seen.append(i)
            self.assertEqual(self.drawn(2)[0][0], seen)

    def test_resident_home_is_the_same(self):
        resident, data = ResidentHome(self.home, 4), HomeDataset(self.home)
        sampler = EpochSampler(self.home)
        sampler.set_epoch(2)
        self.assertEqual((9, 3, 4, 4), tuple(resident.pictures.shape))
        batches = list(resident.batches(sampler, 3, drop_last=False))
        self.assertEqual([3, 3, 1], [len(batch.index) for batch in batches])
        self.assertEqual(2, len(list(resident.batches(sampler, 3))))
        ours = [torch.cat(parts) for parts in zip(*batches, strict=True)]
        theirs = [data[key] for key in sampler]
        for name in ("target", "index", "weight", "label"):
            expected = torch.stack([getattr(sample, name) for sample in theirs])
            self.assertTrue(torch.equal(expected, ours[theirs[0]._fields.index(name)]), name)
        self.assertTrue(torch.equal(torch.stack([sample.picture[:, 0, 0] for sample in theirs]), ours[0][:, :, 0, 0]))

    def test_logged_losses(self):
        log = LossLog(step=10)
        loss = torch.tensor([0.25, 0.5], requires_grad=True)
        log.add(torch.tensor([4, 0]), loss)
        log.add(torch.tensor([4]), loss[:1].half() * 3)
        with torch.no_grad():
            loss.zero_()
        self.assertEqual(3, log.write(self.folder / "log" / "rank0.parquet"))
        self.assertEqual(["rank0.parquet"], [file.name for file in (self.folder / "log").iterdir()])
        table = pyarrow.parquet.read_table(self.folder / "log" / "rank0.parquet")
        expected = {"index": [4, 0, 4], "loss": [0.25, 0.5, 0.75], "step": [10, 10, 11]}
        self.assertEqual(expected, table.to_pydict())
        self.assertEqual(["int64", "float", "int64"], [str(kind) for kind in table.schema.types])
        with self.assertRaisesRegex(ValueError, "comes first"):
            log.write(self.folder / "again.parquet")
        with self.assertRaisesRegex(ValueError, "not their mean"):
            log.add(torch.tensor([4, 0]), loss.mean())

    def test_learner_is_what_the_module_computes(self):
        net, file = Net(), self.folder / "out" / "learner.pt"
        x = torch.randn(5, 3, 8, 8)
        net(x)
        for module in (net, torch.nn.DataParallel(net), torch.compile(net), torch.jit.script(torch.nn.Sequential(net))):
            self.assertEqual(3, save_learner(module, file, 8))
            self.assertTrue(net.training)
            expected = net.eval()(x)
            self.assertTrue(torch.allclose(torch.jit.load(str(file))(x), expected, atol=1e-5))
            net.train()
        self.assertEqual(["learner.pt"], [found.name for found in file.parent.iterdir()])

    def test_feature_map_is_refused(self):
        with self.assertRaisesRegex(ValueError, r"\(3, 3, 6, 6\).*pool, flatten"):
            save_learner(torch.nn.Conv2d(3, 3, 3), self.folder / "learner.pt", 8)

    def test_learner_of_a_state_dict(self):
        trained, file = Net().eval(), self.folder / "learner.pt"
        x = torch.randn(5, 3, 8, 8)
        for prefix in ("", "module.", "_orig_mod.", "module._orig_mod."):
            save_learner(Net(), file, 8, state_dict={prefix + name: value for name, value in trained.state_dict().items()})
            self.assertTrue(torch.allclose(torch.jit.load(str(file))(x), trained(x), atol=1e-5))

    def test_unfit_learners_leave_no_file(self):
        file = self.folder / "learner.pt"
        for spoil, message in (
            (lambda y: y.double(), "float64"),
            (lambda y: y.sum(1), r"\(3,\) for 3"),
            (lambda y: y / 0, "not finite"),
            (lambda y: (y, y), "tuple"),
            (lambda y: y - y.mean(0), "rest of the batch"),
            (lambda y: y + torch.rand(1), "chance"),
        ):
            with self.assertRaisesRegex(ValueError, message), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                save_learner(Net(spoil), file, 8)
            self.assertFalse(file.exists())

    def test_reference_cache(self):
        file = self.folder / "cache.pt"
        with self.assertWarnsRegex(UserWarning, "2 of 11 pictures were rejected"):
            rela.reference.write(self.home, file)
        cache = rela.reference.read(file)
        expected = [[index, index**2] if index in INDEX else [0, 0] for index in range(11)]
        self.assertEqual((np.float32, expected), (cache.dtype, cache.tolist()))
        self.assertEqual(torch.float32, torch.load(file).dtype)
        torch.save({"a": 1}, file)
        with self.assertRaisesRegex(ValueError, "holds dict"):
            rela.reference.read(file)


if __name__ == "__main__":
    unittest.main()
