#!/usr/bin/env python3
"""The way of the reference: Pillow, torchvision's transforms, a DataLoader, the prior in torch, features kept in memory.

Prints pictures a second, without start-up and model loading, with one batch of warm-up: what is best for it.
"""

import argparse
import time

import torch
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder


def numbers(text):
    return [float(part) for part in text.split(",")]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder")
    options.add_argument("model")
    options.add_argument("--input-size", type=int, required=True)
    options.add_argument("--mean", required=True)
    options.add_argument("--std", required=True)
    options.add_argument("--batch-size", type=int, default=128)
    options.add_argument("--workers", type=int, default=0)
    asked = options.parse_args()
    data = ImageFolder(
        asked.folder,
        transforms.Compose(
            [
                transforms.Resize(asked.input_size),
                transforms.CenterCrop(asked.input_size),
                transforms.ToTensor(),
                transforms.Normalize(numbers(asked.mean), numbers(asked.std)),
            ]
        ),
    )
    prior = torch.jit.load(asked.model, map_location="cpu").eval()
    with torch.no_grad():
        prior(torch.zeros(8, 3, asked.input_size, asked.input_size))
        start = time.perf_counter()
        features = [prior(pictures) for pictures, _ in DataLoader(data, batch_size=asked.batch_size, num_workers=asked.workers)]
        features = torch.cat(features)
        took = time.perf_counter() - start
    print(len(features) / took)


if __name__ == "__main__":
    main()
