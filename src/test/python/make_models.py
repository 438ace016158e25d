"""Makes the tiny TorchScript files that the tests run: one good model and every way to be a wrong one.

usage: python3 src/test/python/make_models.py   (any torch from 1.13 on; writes src/test/resources/models)
"""

import pathlib

import torch
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "resources" / "models"


class Features(nn.Module):
    """Colour means of a 4x4 grid, mixed by a fixed matrix: N x 3 x 16 x 16 -> N x 24, or as many as are asked for."""

    def __init__(self, seed=1, outputs=24):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.register_buffer("mix", torch.randn(48, outputs, generator=generator))

    def forward(self, x):
        grid = nn.functional.avg_pool2d(x.reshape(-1, 3, 16, 16), 4)
        return torch.tanh(grid.flatten(1) @ self.mix * 0.3)


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


def save(name, module, size=16):
    traced = torch.jit.freeze(torch.jit.trace(module.eval(), torch.rand(2, 3, size, size)))
    torch.jit.save(traced, str(OUT / f"{name}.pt"))


OUT.mkdir(parents=True, exist_ok=True)
save("features16", Features())
save("learner12", Features(2, 12))
save("learner8", Features(3, 8))
save("input", Input())
save("feature-map", FeatureMap())
save("pair", Pair())
save("double", Double())
save("not-finite", NotFinite())
torch.jit.script(Greedy()).save(str(OUT / "greedy.pt"))
