"""What this machine has, in words: `report()` looks at it and changes nothing.

People call it when something may be broken. So each check imports what it needs by itself, and whatever a check raises
becomes a line of the report.
"""

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

TIGHT = 1.0  # GiB of free memory below which a chapter may not finish


class Finding(NamedTuple):
    """What one check found."""

    good: bool
    words: str  # what was found and, if it is not good, what to do about it


class Findings(list):
    """Findings, shown one per line."""

    def __repr__(self) -> str:
        lines = [f"{'good ' if finding.good else 'LOOK '} {finding.words}" for finding in self]
        count = sum(not finding.good for finding in self)
        end = "everything is in place" if not count else f"{count} to look at, marked LOOK"
        return "\n".join([*lines, "", end])


def report() -> Findings:
    """Look at Python, packages, kernel, devices, memory and data, in this order. Nothing is changed or downloaded."""
    looks = {
        "Python": _python,
        "packages": _packages,
        "torch and torchvision": _pair,
        "kernel": _kernel,
        "devices": _devices,
        "memory": _memory,
        "MNIST": _mnist,
    }
    findings = Findings()
    for what, look in looks.items():
        try:
            findings.extend(look())
        except ModuleNotFoundError as missing:  # importlib.metadata raises one, too
            name = str(missing.name).partition(".")[0]
            if not any(finding.words.startswith(f"{name} is missing") for finding in findings):
                findings.append(Finding(False, f"{name} is missing: pip install {name}"))
        except Exception as fault:
            why = f"{type(fault).__name__}: {fault}".splitlines()[0]
            words = f"{what}: could not be checked ({why}); a chapter that needs it may fail"
            findings.append(Finding(False, words))
    return findings


def _python() -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding(good, f"Python {platform.python_version()}" + ("" if good else ": 3.11 or newer is needed"))


def _packages() -> Iterator[Finding]:
    """The packages that rnnlab requires, each against the lowest version that it admits."""
    try:
        lines = metadata.requires("rnnlab") or ()
    except metadata.PackageNotFoundError:
        yield Finding(False, "rnnlab is not installed here: pip install -e . in the folder with its pyproject.toml")
        return
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        Requirement = None  # it is one of the packages checked below
    found = []
    for line in lines:
        if "extra ==" in line:
            continue
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(False, f"{name} is missing: pip install '{line}'")
            continue
        if Requirement and not Requirement(line).specifier.contains(version, prereleases=True):
            yield Finding(False, f"{name} {version} is too old: pip install -U '{line}'")
        else:
            found.append(f"{name} {version}")
    yield Finding(True, f"packages: {', '.join(found)}")


def _pair() -> Iterator[Finding]:
    """Each torchvision is built for one version of torch and names it in its requirements."""
    from packaging.requirements import Requirement

    versions = {name: metadata.version(name) for name in ("torch", "torchvision")}
    pins = [Requirement(line) for line in metadata.requires("torchvision") or ()]
    good = all(pin.specifier.contains(versions["torch"]) for pin in pins if pin.name == "torch" and pin.specifier)
    fit = "they match" if good else "they do not match: pip install -U torch torchvision, both at once"
    yield Finding(good, f"torch {versions['torch']} and torchvision {versions['torchvision']}: {fit}")


def _kernel() -> Iterator[Finding]:
    version = metadata.version("ipykernel")
    when = "even while a cell runs" if int(version.split(".")[0]) >= 7 else "only after the running cell has finished"
    yield Finding(True, f"ipykernel {version}: sliders respond {when}")


def _devices() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = os.environ.get("CPU_LIMIT")  # the limit a JupyterHub sets for this server, in cores
    allowed = f", of which this server may use {limit}" if limit else ""
    yield Finding(True, f"cpu: {cores} core{'s' * (cores > 1)} for this kernel{allowed}; a lab trains on one")
    import torch

    from rnnlab import device

    others = device.names()[1:]
    if "cuda" in others:
        yield Finding(True, f"cuda: {torch.cuda.get_device_name()}")
    if "mps" in others:
        yield Finding(True, "mps: an Apple GPU")
    if not others:
        yield Finding(True, "no GPU, and none is needed")


def _memory() -> Iterator[Finding]:
    import psutil

    used, memory = psutil.Process().memory_info().rss / 2**20, psutil.virtual_memory()
    free = memory.available / 2**30
    limit = os.environ.get("MEM_LIMIT", "")  # the limit a JupyterHub sets for this server, in bytes
    words = f"memory: this kernel uses {used:.0f} MiB; {free:.1f} of {memory.total / 2**30:.1f} GiB are free"
    if limit.isdigit() and int(limit):
        words += f"; this server may use {int(limit) / 2**30:.1f} GiB"
        free = min(free, int(limit) / 2**30 - used / 2**10)
    yield Finding(free >= TIGHT, words + ("" if free >= TIGHT else ": close other kernels before you go on"))


def _mnist() -> Iterator[Finding]:
    """Where all of MNIST is, in files that `load_mnist` accepts. No folder is named, since the page may be saved."""
    from rnnlab.data.mnist_files import RAW, cache_folders, look_in

    def bad(root: Path) -> list[str]:
        return [name for name, content in look_in(root).items() if content is None]

    own, caches, where = os.environ.get("RNNLAB_DATA"), cache_folders(), None
    if own and not os.path.isdir(own):
        yield Finding(False, "RNNLAB_DATA does not name a folder: set it to one that holds MNIST/raw, or unset it")
    elif own and (names := bad(Path(own))):
        words = f"RNNLAB_DATA: missing or not MNIST's in {RAW.as_posix()} there: {', '.join(names)}"
        yield Finding(False, f"{words}; put the original files there, unpacked, or unset it")
    elif own:
        where = "in RNNLAB_DATA"
    if where is None and any(not bad(folder) for folder in caches):
        where = "in the cache"
    words = "MNIST: 6,000 digits come with the book; all 70,000:"
    if where is not None:
        yield Finding(True, f"{words} {where}")
    elif not caches:
        advice = "set HOME, or RNNLAB_DATA to a folder that holds MNIST/raw (only chapter 4 asks for them, once)"
        yield Finding(False, f"{words} not here, and this user has no home folder to keep them in: {advice}")
    elif damaged := [name for name in bad(caches[0]) if os.path.exists(caches[0] / RAW / name)]:
        advice = "chapter 4 can set these aside and fetch them again (nothing else needs them)"
        yield Finding(False, f"{words} damaged or not MNIST's in the cache: {', '.join(damaged)}; {advice}")
    else:
        yield Finding(True, f"{words} not here; chapter 4 can fetch them once, 12 MB (nothing else needs them)")
