"""The live labs, a folder each: what a setting gives (`run`), its picture (`picture`), and the widget over both (`lab`).

They load when they are asked for, so that `rnnlab.labs.sine.run` comes without widgets.
"""

from importlib import import_module
from typing import Any

__all__ = ["gradient_lab", "memory_lab", "mnist_lab", "neuron_lab", "sine_lab", "tasks_lab", "unroll_lab"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.removesuffix('_lab')}.lab"), name)


def __dir__() -> list[str]:
    return __all__
