"""How fast do 60,000 digits become tensors? Claim: README, "Measured". Run: `python benchmarks/loading.py`.

`load_mnist(whole=True)`, checksums included, against torchvision's way, one image at a time through `to_tensor`. Both
read the same files, in RNNLAB_DATA or the cache, and take turns. Prints one JSON line last.
"""

import json
import statistics
import sys
import time

import torch
from torchvision.datasets import MNIST
from torchvision.transforms.functional import to_tensor
from tqdm import trange

from rnnlab.data.mnist import load_mnist

ROUNDS = 5


def image_by_image(root: str) -> torch.Tensor:
    return torch.stack([image for train in (True, False) for image, _ in MNIST(root, train, transform=to_tensor)])


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    digits = load_mnist(whole=True)
    if len(digits.y) != 60_000:
        sys.exit("this needs the whole of MNIST, in RNNLAB_DATA or from the network")
    _, root = digits.source.split(", ", 1)
    assert torch.equal(image_by_image(root).squeeze(1), torch.cat([digits.x, digits.x_test]))
    rounds = [
        (seconds(lambda: load_mnist(whole=True)), seconds(lambda: image_by_image(root)))
        for _ in trange(ROUNDS, desc="rounds")
    ]
    ours, theirs = zip(*rounds, strict=True)
    figures = {
        "load_s": statistics.median(ours),
        "image_by_image_s": statistics.median(theirs),
        "speedup": statistics.median(b / a for a, b in rounds),
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
