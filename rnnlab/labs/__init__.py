"""The live labs, a folder each: what a setting gives (`run`), its `picture`, and the widget over both (`lab`).

A folder X gives `X_lab`. It loads when it is asked for, so that `rnnlab.labs.sine.run` comes without widgets.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

__all__ = [f"{folder.name}_lab" for folder in iter_modules(__path__)]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.removesuffix('_lab')}.lab"), name)


def __dir__() -> list[str]:
    return __all__
