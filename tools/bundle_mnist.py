"""Make rnnlab/data/digits/mnist-6000.npz: the first 500 training and 100 test digits of each class, in MNIST's order.

Run: RNNLAB_DATA=<folder with MNIST/raw> python tools/bundle_mnist.py
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from rnnlab.data.mnist import load_mnist
from rnnlab.data.mnist_files import FILES

TARGET = Path(__file__).parents[1] / "rnnlab" / "data" / "digits" / "mnist-6000.npz"


def first_of_each(y: Tensor, count: int) -> Tensor:
    """The places of the first `count` of each of the ten labels, ascending."""
    return torch.cat([(y == label).nonzero()[:count, 0] for label in range(10)]).sort().values


def main() -> None:
    digits = load_mnist(whole=True)
    if len(digits.y) != 60_000:
        sys.exit(f"nothing written: this needs the whole of MNIST, {', '.join(FILES)} in $RNNLAB_DATA/MNIST/raw")
    train, test = first_of_each(digits.y, 500), first_of_each(digits.y_test, 100)
    arrays = {
        "x": digits.x[train].mul(255).round().byte(),
        "y": digits.y[train].byte(),
        "x_test": digits.x_test[test].mul(255).round().byte(),
        "y_test": digits.y_test[test].byte(),
    }
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, **{name: array.numpy() for name, array in arrays.items()})
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
