"""Makes the tiny TorchScript files that the tests run: one good model and every way to be a wrong one.

usage: python3 src/test/python/make_models.py [NAME...]   (any torch from 1.13 on; writes src/test/resources/models)
"""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile

import torch
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "resources" / "models"
LOADER = importlib.machinery.SourceFileLoader("export_prior", str(pathlib.Path(__file__).parents[3] / "bin" / "export-prior"))
export_prior = importlib.util.module_from_spec(importlib.util.spec_from_loader("export_prior", LOADER))
sys.modules["export_prior"] = export_prior
LOADER.exec_module(export_prior)


class Features(nn.Module):
    """Colour means of a 4x4 grid, mixed by a fixed matrix: N x 3 x 16 x 16 -> N x 24, or as many as are asked for."""

    def __init__(self, seed=1, outputs=24):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.register_buffer("mix", torch.randn(48, outputs, generator=generator))

    def forward(self, x):
        grid = nn.functional.avg_pool2d(x.reshape(-1, 3, 16, 16), 4)
        return torch.tanh(grid.flatten(1) @ self.mix * 0.3)


class Viewing(Features):
    """Views its tensors' memory as planar, as many a hand-written classifier does."""

    def forward(self, x):
        grid = nn.functional.avg_pool2d(x, 4)
        return torch.tanh(grid.view(grid.size(0), 48) @ self.mix * 0.3)


class Strides(nn.Module):
    """How its input lies in memory: N x 4, the strides of each axis."""

    def forward(self, x):
        strides = torch.tensor([x.stride(0), x.stride(1), x.stride(2), x.stride(3)])
        return strides.float().expand(x.size(0), 4) + 0 * x.mean((1, 2, 3), keepdim=False).unsqueeze(1)


class Input(nn.Module):
    """What a prior sees."""

    def forward(self, x):
        return x.flatten(1)


class FeatureMap(nn.Module):
    def forward(self, x):
        return nn.functional.avg_pool2d(x, 2)


class Pair(nn.Module):
    def forward(self, x):
        return x.mean((2, 3)), x.amax((2, 3))


class Double(nn.Module):
    def forward(self, x):
        return x.mean((2, 3)).double()


class Greedy(nn.Module):
    """Wants four petabytes."""

    def forward(self, x):
        return x.flatten(1) + torch.zeros(1 << 50).sum()


class NotFinite(nn.Module):
    """NaN for dark pictures: the square root of a negative mean."""

    def forward(self, x):
        return torch.sqrt(x.flatten(2).mean(2))


class Empty(nn.Module):
    """N x 0: no features at all."""

    def forward(self, x):
        return x.flatten(1)[:, :0]


class Gray(nn.Module):
    """Takes one channel."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3))


class Half(nn.Module):
    """float16 weights, and no cast."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3).half()

    def forward(self, x):
        return self.conv(x).mean((2, 3))


class Unsupported(nn.Module):
    """An operator that libtorch does not have for such tensors."""

    def forward(self, x):
        return torch.sqrt(torch.quantize_per_tensor(x, 0.1, 0, torch.quint8)).dequantize().mean((2, 3))


class Raises(nn.Module):
    def forward(self, x):
        if x.size(0) > 0:
            raise ValueError("the licence has expired")
        return x.mean((2, 3))


class WrongHeight(nn.Module):
    """Looks at its input itself, as vision transformers do."""

    def forward(self, x):
        assert x.size(2) == 224, "Wrong image height! Expected 224"
        return x.mean((2, 3))


class Dropout(Features):
    """As it comes out of an export in training mode: each pass drops other values."""

    def forward(self, x):
        return nn.functional.dropout(super().forward(x), 0.1, True)


class BatchNorm(Features):
    """As it comes out of an export in training mode: normalised by the batch's own mean and variance."""

    def forward(self, x):
        return super().forward(nn.functional.batch_norm(x, None, None, training=True))


class Coarse(Features):
    """Features in bfloat16, of which the last bits depend on how bright the batch is: within what half precision does."""

    def forward(self, x):
        return (super().forward(x) * (1 + 0.004 * torch.tanh(x.mean()))).bfloat16().float()


def save(name, module, size=16):
    if chosen(name):
        traced = torch.jit.trace(module.eval(), torch.rand(2, 3, size, size), check_trace=False)
        write(name, torch.jit.freeze(traced))


def save_variant(name, module, form, size=16):
    """In bfloat16 inside, as --precision bf16 makes it."""
    if chosen(name):
        frozen = torch.jit.freeze(torch.jit.trace(module.eval(), torch.rand(2, 3, size, size), check_trace=False))
        write(name, export_prior.cast_inside(frozen, torch.bfloat16, form))


def save_script(name, module):
    if chosen(name):
        write(name, torch.jit.script(module.eval()))


def write(name, module):
    """Without debug records: they hold the paths of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / f"{name}.pt"
        export_prior.save(module, file)
        (OUT / file.name).write_bytes(file.read_bytes())


def chosen(name):
    return name in sys.argv[1:] or len(sys.argv) == 1


OUT.mkdir(parents=True, exist_ok=True)
save("features16", Features())
save("learner12", Features(2, 12))
save("learner8", Features(3, 8))
save("viewing", Viewing())
save("input", Input())
save("feature-map", FeatureMap())
save("pair", Pair())
save("double", Double())
save("not-finite", NotFinite())
save("empty", Empty())
save("dropout", Dropout())
save("batch-norm", BatchNorm())
save("coarse", Coarse())
save_variant("features16.bfloat16", Features(), "whole")
save_script("greedy", Greedy())
save_script("strides", Strides())
save_script("gray", Gray())
save_script("half", Half())
save_script("unsupported", Unsupported())
save_script("raises", Raises())
save_script("wrong-height", WrongHeight())
