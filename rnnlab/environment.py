"""What this machine has, in words: `report()` looks and says, and changes nothing."""

import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import NamedTuple

import psutil  # comes with ipykernel, which runs every notebook
import torch
from packaging.requirements import Requirement  # comes with Matplotlib

from rnnlab import device
from rnnlab.mnist import FILES, RAW, cache_folder

TIGHT = 1.0  # GiB of free memory below which a chapter may not finish


class Finding(NamedTuple):
    """One thing looked at."""

    good: bool
    words: str  # what was found; where it is not good, what to do about it


class Findings(list):
    """Findings, shown a line each."""

    def __repr__(self) -> str:
        lines = [f"{'good ' if finding.good else 'LOOK '} {finding.words}" for finding in self]
        count = sum(not finding.good for finding in self)
        end = "everything is in place" if not count else f"{count} to look at, marked LOOK"
        return "\n".join([*lines, "", end])


def report() -> Findings:
    """Look at Python, the packages, kernel, devices, memory and data, in this order. Nothing is changed or downloaded."""
    looks = (_python, _packages, _pair, _kernel, _devices, _memory, _mnist)
    return Findings(finding for look in looks for finding in look())


def _python() -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding(good, f"Python {platform.python_version()}" + ("" if good else ": 3.11 or newer is needed"))


def _packages() -> Iterator[Finding]:
    """The packages that rnnlab asks for, each against its floor."""
    wanted = [Requirement(line) for line in metadata.requires("rnnlab") or () if "extra ==" not in line]
    found = []
    for requirement in wanted:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(False, f"{requirement.name} is missing: pip install '{requirement}'")
            continue
        if requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement.name} {version}")
        else:
            yield Finding(False, f"{requirement.name} {version} is too old: pip install -U '{requirement}'")
    yield Finding(True, f"packages: {', '.join(found)}")


def _pair() -> Iterator[Finding]:
    """Each torchvision is built for one torch, and says so in its own requirements."""
    versions = {name: metadata.version(name) for name in ("torch", "torchvision")}
    pins = [Requirement(line) for line in metadata.requires("torchvision") or ()]
    good = all(pin.specifier.contains(versions["torch"]) for pin in pins if pin.name == "torch" and pin.specifier)
    mend = "they fit each other" if good else "no pair: pip install -U torch torchvision, both at once"
    yield Finding(good, f"torch {versions['torch']} and torchvision {versions['torchvision']}: {mend}")


def _kernel() -> Iterator[Finding]:
    version = metadata.version("ipykernel")
    new = int(version.split(".")[0]) >= 7
    yield Finding(
        True,
        f"ipykernel {version}: sliders answer {'even while' if new else 'once'} a cell runs{'' if new else ' no more'}",
    )


def _devices() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limit = os.environ.get("CPU_LIMIT")  # what a JupyterHub allows this server, in cores
    allowed = f", of which this server may use {limit}" if limit else ""
    yield Finding(True, f"cpu: {cores} core{'s' * (cores > 1)} for this kernel{allowed}; a lab trains on one")
    others = device.names()[1:]
    if "cuda" in others:
        yield Finding(True, f"cuda: {torch.cuda.get_device_name()}")
    if "mps" in others:
        yield Finding(True, "mps: an Apple GPU")
    if not others:
        yield Finding(True, "no GPU, and none is needed")


def _memory() -> Iterator[Finding]:
    used, memory = psutil.Process().memory_info().rss / 2**20, psutil.virtual_memory()
    free = memory.available / 2**30
    limit = os.environ.get("MEM_LIMIT", "")  # what a JupyterHub allows this server, in bytes
    words = f"memory: this kernel uses {used:.0f} MiB; {free:.1f} of {memory.total / 2**30:.1f} GiB are free"
    if limit.isdigit() and int(limit):
        words += f"; this server may use {int(limit) / 2**30:.1f} GiB"
    yield Finding(free >= TIGHT, words + ("" if free >= TIGHT else ": close other kernels before you go on"))


def _mnist() -> Iterator[Finding]:
    own, cache = os.environ.get("RNNLAB_DATA"), cache_folder()
    places = {"RNNLAB_DATA": own, "the cache": str(cache)}
    where = [
        name for name, root in places.items() if root and all(os.path.exists(f"{root}/{RAW}/{file}") for file in FILES)
    ]
    whole = f"in {where[0]}" if where else "not here; chapter 4 can fetch them once, 12 MB (nothing else needs them)"
    yield Finding(True, f"MNIST: 6,000 digits come with the book; all 70,000: {whole}")
