"""Networks to train: pictures in, N × d features out."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

# Widths of the stages, how many blocks of two 3 × 3 convolutions each has, and the stem's stride.
SMALL = {
    "resnet20": ((16, 32, 64), 3, 1),
    "resnet18-w16": ((16, 32, 64, 128), 2, 1),
    "resnet10-w16": ((16, 32, 64, 128), 1, 1),
    "resnet18-small": ((16, 32, 64, 128), 2, 2),
    "resnet10-small": ((16, 32, 64, 128), 1, 2),
}
NAMES = f"{', '.join(SMALL)}, resnet18, resnet50, torchvision:NAME, timm:NAME or FILE.pt"


def build(name: str, size: int, seed: int) -> tuple[nn.Module, int]:
    """A network with fresh weights, or a TorchScript file's, and its number of features d.

    The small ones are made for pictures of 32 × 32: their stem is one convolution, of 3 × 3 or, with stride 2, 4 × 4. Where
    `size` is below 64, torchvision's ResNets get a stem of one 3 × 3 convolution in place of theirs. Raises ValueError for a name
    that is none.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _net(name, size)
        net.eval()
        with torch.no_grad():
            features = net(torch.zeros(2, 3, size, size))
    if features.dim() != 2:
        raise ValueError(f"net {name} gives {tuple(features.shape)} for 2 pictures, not 2 × d: pool and flatten inside")
    return net, features.shape[1]


def _net(name: str, size: int) -> nn.Module:
    if name in SMALL:
        return _small(*SMALL[name])
    if name.endswith(".pt"):
        net = torch.jit.load(name, map_location="cpu")
        if not any(True for _ in net.parameters()):
            raise ValueError(f"net {Path(name).name} has no parameters left to train, it is frozen: trace it without freezing")
        return net
    library, _, model = name.rpartition(":")
    if name in ("resnet18", "resnet50") or library == "torchvision":
        return _torchvision(model, size)
    if library == "timm":
        import timm

        return timm.create_model(model, pretrained=False, num_classes=0)
    raise ValueError(f"net {name} is none: choose of {NAMES}")


def _torchvision(name: str, size: int) -> nn.Module:
    import torchvision

    net = torchvision.models.get_model(name, weights=None)
    if hasattr(net, "fc"):
        net.fc = nn.Identity()
    elif hasattr(net, "classifier"):
        net.classifier = nn.Identity()
    else:
        net.heads = nn.Identity()
    if size < 64 and isinstance(net, torchvision.models.ResNet):
        net.conv1 = _conv(3, 64)
        net.maxpool = nn.Identity()
        _initialise(net.conv1)
    return net


class Block(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut, which is a 1 × 1 convolution where the shape changes."""

    def __init__(self, inside: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = _conv(inside, width, stride), nn.BatchNorm2d(width)
        self.conv2, self.norm2 = _conv(width, width), nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if inside != width or stride != 1:
            self.shortcut = nn.Sequential(nn.Conv2d(inside, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


def _small(widths: tuple[int, ...], blocks: int, stride: int) -> nn.Module:
    stem = nn.Conv2d(3, widths[0], 2 + stride, stride, 1, bias=False)
    layers: list[nn.Module] = [stem, nn.BatchNorm2d(widths[0]), nn.ReLU()]
    inside = widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            layers.append(Block(inside, width, 2 if stage and not block else 1))
            inside = width
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    net.apply(_initialise)
    return net


def _conv(inside: int, width: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, width, 3, stride, 1, bias=False)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
