"""The live labs, one folder per lab: what its settings give (`run`), its `picture`, and the widget over both (`lab`).

A folder X gives `X_lab`, which is loaded when it is asked for, so that `rnnlab.labs.sine.run` needs no widgets.
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
