"""Augmented views of a batch of pictures, on the batch's device; chance comes from seed, epoch, view and the sample's index."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
GREY = (0.299, 0.587, 0.114)
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class View:
    """How a view is made: a crop of a share of the area, a flip, colours.

    `jitter` are the largest changes of brightness, contrast, saturation (factors) and hue (turns), in this order, applied with
    chance `jitter_chance`; then come `grey`, `blur` and `solarise`, each a chance.
    """

    crop: tuple[float, float] = (1.0, 1.0)
    flip: float = 0.5
    jitter: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    jitter_chance: float = 0.0
    grey: float = 0.0
    blur: float = 0.0
    solarise: float = 0.0

    def __call__(self, pictures: torch.Tensor, index: torch.Tensor, key: int) -> torch.Tensor:
        """N × 3 × S × S uint8 pictures, and their samples' indices, to N × 3 × S × S normalised float32."""
        u = draws(key, index, 16)
        x = _cropped(pictures.float() / 255, self.crop, self.flip, u[:, :5])
        if self.jitter_chance:
            x = _where(u[:, 5] < self.jitter_chance, _jittered(x, self.jitter, u[:, 6:10]), x)
        if self.grey:
            x = _where(u[:, 10] < self.grey, _grey(x).expand_as(x), x)
        if self.blur:
            x = _where(u[:, 11] < self.blur, _blurred(x, 0.1 + 1.9 * u[:, 12]), x)
        if self.solarise:
            x = _where(u[:, 13] < self.solarise, torch.where(x >= 0.5, 1 - x, x), x)
        return normalised(x)


def normalised(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures of [0, 1], less the mean of ImageNet, by its deviation, in channels_last."""
    mean, std = _normalisation(pictures.device)
    return ((pictures - mean) / std).contiguous(memory_format=torch.channels_last)


@functools.lru_cache
def _normalisation(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Kept, since what is copied to a GPU for each batch would be waited for."""
    mean, std = (torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (MEAN, STD))
    return mean, std


def key(*parts: int) -> int:
    """A 64-bit key of numbers, such as seed, epoch and view, in their order."""
    state = 0
    for part in parts:
        state = _mixed((state + (part & _MASK) + 0x9E3779B97F4A7C15) & _MASK)
    return state


def draws(key: int, index: torch.Tensor, count: int) -> torch.Tensor:
    """N × count uniform numbers in [0, 1): the same for a sample wherever in a batch it is, on any device (splitmix64)."""
    counter = index[:, None] * count + torch.arange(count, device=index.device)
    x = counter * _signed(0x9E3779B97F4A7C15) + _signed(key)
    x = (x ^ _shifted(x, 30)) * _signed(0xBF58476D1CE4E5B9)
    x = (x ^ _shifted(x, 27)) * _signed(0x94D049BB133111EB)
    return _shifted(x ^ _shifted(x, 31), 40).float() / (1 << 24)


def _mixed(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def _signed(x: int) -> int:
    return x - (1 << 64) if x >> 63 else x


def _shifted(x: torch.Tensor, bits: int) -> torch.Tensor:
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _where(chosen: torch.Tensor, x: torch.Tensor, otherwise: torch.Tensor) -> torch.Tensor:
    return torch.where(chosen.view(-1, 1, 1, 1), x, otherwise)


def _cropped(x: torch.Tensor, area: tuple[float, float], flip: float, u: torch.Tensor) -> torch.Tensor:
    """A crop of a share of the area, of a ratio between 3:4 and 4:3 as far as it fits, at its picture's size again (bilinear)."""
    share = area[0] + (area[1] - area[0]) * u[:, 0]
    ratio = torch.exp((2 * u[:, 1] - 1) * math.log(4 / 3)) if area[0] < 1 else torch.ones_like(share)
    wide, high = torch.sqrt(share * ratio).clamp(max=1), torch.sqrt(share / ratio).clamp(max=1)
    left, top = (2 * u[:, 2] - 1) * (1 - wide), (2 * u[:, 3] - 1) * (1 - high)
    turned = torch.where(u[:, 4] < flip, -1.0, 1.0)
    zero = torch.zeros_like(share)
    theta = torch.stack([torch.stack([wide * turned, zero, left], 1), torch.stack([zero, high, top], 1)], 1)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)


def _jittered(x: torch.Tensor, most: tuple[float, float, float, float], u: torch.Tensor) -> torch.Tensor:
    def factor(column: int) -> torch.Tensor:
        low = max(0.0, 1 - most[column])
        return (low + (1 + most[column] - low) * u[:, column]).view(-1, 1, 1, 1)

    x = (x * factor(0)).clamp(0, 1)
    x = torch.lerp(_grey(x).mean((2, 3), keepdim=True).expand_as(x), x, factor(1)).clamp(0, 1)
    x = torch.lerp(_grey(x).expand_as(x), x, factor(2)).clamp(0, 1)
    return _turned(x, ((2 * u[:, 3] - 1) * most[3]).view(-1, 1, 1))


def _grey(x: torch.Tensor) -> torch.Tensor:
    return sum(weight * x[:, channel : channel + 1] for channel, weight in enumerate(GREY))


def _turned(x: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
    """The hue turned, by way of HSV."""
    red, green, blue = x.unbind(1)
    value, least = x.amax(1), x.amin(1)
    chroma = value - least
    divisor = torch.where(chroma == 0, 1.0, chroma)
    sixth = torch.where(
        value == red,
        (green - blue) / divisor,
        torch.where(value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    sixth = sixth + 6 * turns
    parts = []
    for offset in (5, 3, 1):
        k = (offset + sixth) % 6
        parts.append(value - chroma * torch.minimum(k, 4 - k).clamp(0, 1))
    return torch.stack(parts, 1)


def _blurred(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """A Gaussian blur, over a tenth of the picture's side."""
    n, channels, side = x.shape[0], x.shape[1], x.shape[2]
    reach = max(1, side // 20)
    at = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(at**2) / (2 * sigma[:, None] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = F.pad(x.reshape(1, n * channels, *x.shape[2:]), [reach] * 4, mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=n * channels)
    return F.conv2d(flat, kernel[:, None, None, :], groups=n * channels).view_as(x)
