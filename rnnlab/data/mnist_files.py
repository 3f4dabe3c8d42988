"""MNIST's four original files: where they may be, whether they are the real ones, and how they are fetched."""

import hashlib
import os
import socket
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import platformdirs

RAW = Path("MNIST", "raw")  # where torchvision, too, looks below its root
FILES = {  # the four original files, unpacked, and their MD5
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
PATIENCE = 20.0  # seconds without a byte until a mirror is given up


def cache_folders() -> list[Path]:
    """The folders that may hold downloads, the next one's first; none for a user without a home folder."""
    folders = []
    with suppress(RuntimeError):  # no home folder: what a newer platformdirs raises
        folders.append(platformdirs.user_cache_path("rnnlab", appauthor=False, opinion=False))
    if sys.platform == "darwin":  # where rnnlab kept them before it knew of ~/Library/Caches
        folders.append(Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "rnnlab"))
    # Without a home folder, an older platformdirs gives a path that begins with `~`: that would make a folder named so.
    return [folder for folder in folders if folder.is_absolute()]


def look_in(root: Path) -> dict[str, bytearray | None]:
    """The four files below `root`, in the order of FILES; None for one that is missing, unreadable or not MNIST's."""
    return {name: _read(root / RAW / name, md5) for name, md5 in FILES.items()}


def whole() -> tuple[list[bytearray], str]:
    """The four files, in the order of FILES, and where they were found.

    They are looked for in $RNNLAB_DATA, then in the user's cache, and are otherwise downloaded into it. Raises OSError,
    RuntimeError or ImportError, with the reason, if they cannot be had.
    """
    own = os.environ.get("RNNLAB_DATA")
    if own:
        found = look_in(Path(own))
        contents = [content for content in found.values() if content is not None]
        if len(contents) == len(FILES):
            return contents, f"RNNLAB_DATA, {own}"
        bad = [name for name, content in found.items() if content is None]
        print(f"RNNLAB_DATA: missing or damaged in {Path(own, RAW)}: {', '.join(bad)}. Nothing is changed there.")
    folders = cache_folders()
    for folder in folders:
        contents = [content for content in look_in(folder).values() if content is not None]
        if len(contents) == len(FILES):
            return contents, f"the cache, {folder}"
    if not folders:
        raise OSError("this user has no home folder for a download; set RNNLAB_DATA to a folder that holds MNIST/raw")
    # In the end the folder that is written to has all four, so that torchvision can read them there too.
    return [_fetched(name, md5, folders[0]) for name, md5 in FILES.items()], f"the cache, {folders[0]}"


def _read(path: Path, md5: str) -> bytearray | None:
    """The file's bytes, or None if it is missing or unreadable, or its checksum differs."""
    content = _bytes(path)
    return content if content is not None and _is(content, md5) else None


def _bytes(path: Path) -> bytearray | None:
    try:
        return bytearray(path.read_bytes())
    except OSError:
        return None


def _is(content: bytearray, md5: str) -> bool:
    return hashlib.md5(content, usedforsecurity=False).hexdigest() == md5


def _fetched(name: str, md5: str, folder: Path) -> bytearray:
    path = folder / RAW / name
    content = _bytes(path)  # read once only: another kernel's download may put it here at any moment
    if content is not None:
        if _is(content, md5):
            return content
        aside = path.with_name(f"{name}.damaged-{time.time_ns()}")
        path.replace(aside)
        print(f"{path} is damaged: it is set aside as {aside.name} and fetched again.")
    return _download(name, md5, path)


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
    """torchvision sets no timeout; without one, a silent mirror would keep the reader waiting for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
