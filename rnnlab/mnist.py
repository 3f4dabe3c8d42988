"""MNIST as tensors, in one read: bundled, from the reader's own folder, from the cache, or by download."""

import hashlib
import os
import socket
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

RAW = Path("MNIST", "raw")  # where torchvision, too, looks below its root
FILES = {  # the four original files, unpacked, and their MD5
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
PATIENCE = 20.0  # seconds without a byte until a mirror is given up


class Digits(NamedTuple):
    """Handwritten digits. An image is 28 rows of 28 values, 0 for paper to 1 for ink; a label is 0 to 9."""

    x: Tensor  # (N, 28, 28) float32
    y: Tensor  # (N,) int64
    x_test: Tensor  # (M, 28, 28) float32
    y_test: Tensor  # (M,) int64
    source: str  # where they came from, in words


def load_mnist(*, whole: bool = False, device: torch.device | str = "cpu") -> Digits:
    """MNIST on `device`: the bundled 5,000 + 1,000 digits, as many of each kind, or the whole 60,000 + 10,000.

    The whole is looked for in $RNNLAB_DATA/MNIST/raw, then in the user's cache, and else downloaded by torchvision, with
    its mirrors and checksums. Every file is checked. A damaged one in the cache is set aside and fetched again; the
    reader's own folder is never changed. Without network, or with a cache that cannot be written, one line says so
    and the bundled digits come instead. Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
    """
    if whole:
        try:
            contents, source = _whole()
            images, labels = ([torch.frombuffer(c, dtype=torch.uint8) for c in contents[i::2]] for i in (0, 1))
            # IDX files: 16 bytes before the pixels, 8 before the labels.
            x, x_test = (image[16:].view(-1, 28, 28) for image in images)
            y, y_test = (label[8:] for label in labels)
            return _digits(x, y, x_test, y_test, source, device)
        except (OSError, RuntimeError) as why:
            print(f"the whole of MNIST is not at hand: {why}. Going on with the bundled 5,000 + 1,000 digits.")
    with files("rnnlab").joinpath("digits", "mnist-6000.npz").open("rb") as packed:
        arrays = np.load(packed)
        bundled = [torch.from_numpy(arrays[name]) for name in ("x", "y", "x_test", "y_test")]
    return _digits(*bundled, "bundled: 5,000 + 1,000 digits", device)


def _digits(x, y, x_test, y_test, source: str, device) -> Digits:
    x, x_test = (images.to(device).float().div_(255) for images in (x, x_test))  # sent as bytes, a fourth of the size
    return Digits(x, y.to(device).long(), x_test, y_test.to(device).long(), source)


def cache_folder() -> Path:
    """Where downloads are kept: what the platform calls the user's cache."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "rnnlab"


def _whole() -> tuple[list[bytearray], str]:
    """The four files, in the order of FILES, and where they were found."""
    own = os.environ.get("RNNLAB_DATA")
    if own:
        folder = Path(own) / RAW
        found = {name: _read(folder / name, md5) for name, md5 in FILES.items()}
        bad = [name for name, content in found.items() if content is None]
        if not bad:
            return list(found.values()), f"RNNLAB_DATA, {own}"
        print(f"RNNLAB_DATA: missing or damaged in {folder}: {', '.join(bad)}. Nothing is changed there.")
    return [_cached(name, md5) for name, md5 in FILES.items()], f"the cache, {cache_folder()}"


def _read(path: Path, md5: str) -> bytearray | None:
    """The file's bytes, or None where it is missing or not the one meant."""
    try:
        content = bytearray(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return content if hashlib.md5(content, usedforsecurity=False).hexdigest() == md5 else None


def _cached(name: str, md5: str) -> bytearray:
    path = cache_folder() / RAW / name
    content = _read(path, md5)
    if content is None and path.exists():
        aside = path.with_name(f"{name}.damaged-{time.time_ns()}")
        path.replace(aside)
        print(f"{path} is damaged: set aside as {aside.name}, fetched again.")
    return content or _download(name, md5, path)


def _download(name: str, md5: str, path: Path) -> bytearray:
    """Fetch one file into `path`, whole or not at all: written aside, checked, then renamed."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import download_and_extract_archive

    path.parent.mkdir(parents=True, exist_ok=True)
    packed, failures = f"{name}.gz", []
    for mirror in MNIST.mirrors:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix="download-") as aside, _patience():
            try:
                download_and_extract_archive(mirror + packed, aside, None, packed, dict(MNIST.resources)[packed])
            # No answer, no room on the disk, broken off half-way, or not the file that was asked for.
            except (OSError, RuntimeError, HTTPException, EOFError, zlib.error) as failure:
                failures.append(f"{mirror}: {failure}")
                continue
            content = _read(Path(aside, name), md5)
            if content is not None:
                os.replace(Path(aside, name), path)
                return content
            failures.append(f"{mirror}: not MNIST's file")
    raise RuntimeError(f"{name} could not be fetched ({'; '.join(failures)})")


@contextmanager
def _patience() -> Iterator[None]:
    """torchvision sets no timeout; without one a silent mirror would hold the reader for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
