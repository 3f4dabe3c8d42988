"""MNIST as tensors, in one read: bundled, from the reader's own folder, from the cache, or by download."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from rnnlab.data import mnist_files


class Digits(NamedTuple):
    """Handwritten digits. An image is 28 rows of 28 values, 0 for paper to 1 for ink; a label is 0 to 9."""

    x: Tensor  # (N, 28, 28) float32
    y: Tensor  # (N,) int64
    x_test: Tensor  # (M, 28, 28) float32
    y_test: Tensor  # (M,) int64
    source: str  # where they came from, in words


def load_mnist(*, whole: bool = False, device: torch.device | str = "cpu") -> Digits:
    """MNIST on `device`: the bundled 5,000 + 1,000 digits, the same number of each, or the whole 60,000 + 10,000.

    The whole is looked for in $RNNLAB_DATA/MNIST/raw, then in the user's cache, and is otherwise downloaded by
    torchvision, with its mirrors and checksums. Every file is checked. A damaged one in the cache is set aside and
    fetched again; the reader's own folder is never changed. Without a network, or without a cache that can be written,
    one printed line says so and the bundled digits are used instead. Source: LeCun, Cortes & Burges, "The MNIST
    database of handwritten digits".
    """
    if whole:
        try:
            contents, source = mnist_files.whole()
            images, labels = ([torch.frombuffer(c, dtype=torch.uint8) for c in contents[i::2]] for i in (0, 1))
            # IDX files: 16 bytes before the pixels, 8 before the labels.
            x, x_test = (image[16:].view(-1, 28, 28) for image in images)
            y, y_test = (label[8:] for label in labels)
            return _digits(x, y, x_test, y_test, source, device)
        except (OSError, RuntimeError, ImportError) as why:
            print(f"the whole of MNIST is not available: {why}. Going on with the bundled 5,000 + 1,000 digits.")
    with files("rnnlab.data").joinpath("digits", "mnist-6000.npz").open("rb") as packed:
        arrays = np.load(packed)
        x, y, x_test, y_test = (torch.from_numpy(arrays[name]) for name in ("x", "y", "x_test", "y_test"))
    return _digits(x, y, x_test, y_test, "bundled: 5,000 + 1,000 digits", device)


def _digits(x: Tensor, y: Tensor, x_test: Tensor, y_test: Tensor, source: str, device: torch.device | str) -> Digits:
    x, x_test = (images.to(device).float().div_(255) for images in (x, x_test))  # sent as bytes, a quarter of the size
    return Digits(x, y.to(device).long(), x_test, y_test.to(device).long(), source)
