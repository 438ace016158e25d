#!/usr/bin/env python3
"""The loop of a user who knows the machine: a process a core of one thread each, small batches, channels_last, a frozen prior.

It is to be started with the allocator told to keep its memory, as bin/bench does. Prints pictures a second of all processes, from
the moment in which the last one is ready, each having seen one batch.
"""

import argparse
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image


def work(asked, files, ready, done):
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    size, kind = asked.input_size, getattr(torch, asked.precision)
    prior = torch.jit.load(asked.model, map_location="cpu").eval()
    if kind != torch.float32:
        prior = prior.to(kind).to(memory_format=torch.channels_last)
    prior = torch.jit.freeze(prior) if hasattr(prior, "training") else prior
    mean, std = (torch.tensor([float(part) for part in text.split(",")]) for text in (asked.mean, asked.std))
    pixels = np.zeros((asked.batch_size, size, size, 3), np.uint8)

    def features(count):
        batch = torch.from_numpy(pixels[:count]).float().div_(255).sub_(mean).div_(std).to(kind)
        return prior(batch.permute(0, 3, 1, 2)).float()

    with torch.inference_mode():
        for _ in range(3):
            features(asked.batch_size)
        ready.wait()
        kept = []
        for first in range(0, len(files), asked.batch_size):
            some = files[first : first + asked.batch_size]
            for slot, file in enumerate(some):
                pixels[slot] = prepared(Image.open(file).convert("RGB"), size)
            kept.append(features(len(some)))
    done.put(sum(len(part) for part in kept))


def prepared(picture, size):
    scale = size / min(picture.size)
    wide, high = (max(size, int(side * scale)) for side in picture.size)
    if (wide, high) != picture.size:
        picture = picture.resize((wide, high), Image.Resampling.BILINEAR)
    left, top = round((wide - size) / 2), round((high - size) / 2)
    return np.asarray(picture)[top : top + size, left : left + size]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("model")
    options.add_argument("--input-size", type=int, required=True)
    options.add_argument("--mean", required=True)
    options.add_argument("--std", required=True)
    options.add_argument("--batch-size", type=int, default=4)
    options.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    asked = options.parse_args()
    files, cores = sorted(path for path in asked.folder.rglob("*") if path.is_file()), len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(cores + 1), context.Queue()
    workers = [context.Process(target=work, args=(asked, files[core::cores], ready, done)) for core in range(cores)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    count = sum(done.get() for _ in workers)
    print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
