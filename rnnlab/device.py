"""Which devices this machine has, and how many threads a small network should use."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

KNOWN = ("cpu", "cuda", "mps")


def names() -> list[str]:
    """The devices of this machine, by name: "cpu" first, then "cuda" or "mps" where present."""
    present = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    return [name for name in KNOWN if present[name]]


def get(name: str) -> torch.device:
    """The device called `name`.

    Raises ValueError when `name` is unknown, or known but absent on this machine.
    """
    if name not in KNOWN:
        raise ValueError(f"device is {name!r}; allowed: {', '.join(KNOWN)}")
    if name not in names():
        raise ValueError(f"device is {name!r}, which this machine lacks; it has {', '.join(names())}")
    return torch.device(name)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute with `count` CPU threads inside the `with` block, then as before.

    The book's networks are so small that a second thread costs more time than it saves, and the browser needs a core
    too.
    """
    if count < 1:
        raise ValueError(f"count is {count}; allowed: 1 or more threads")
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
