"""Importing stays light. (Who may import whom: the contracts in pyproject.toml, which `make lint` reads.)"""

import subprocess
import sys
from pathlib import Path

import pytest

LABS = Path(__file__).parents[1] / "rnnlab" / "labs"
RUNS = sorted(f"rnnlab.labs.{path.parent.name}.run" for path in LABS.glob("*/run.py"))
COMPUTE = [f"rnnlab.{name}" for name in ("device", "data.recordings", "cells", "networks", "forecast", "train")]
CHECKS = [f"rnnlab.check.{name}" for name in ("recurrence", "bptt", "sine", "mnist", "tasks", "memory")]

# Prints which modules import what, in the order of their import.
LOADED = """
import importlib, sys
modules, absent = {!r}, {!r}
for module in modules:
    importlib.import_module(module)
    found = sorted(absent & set(sys.modules))
    absent -= set(found)
    if found:
        print(module, "loads", *found)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        (["rnnlab"], {"torch", "numpy", "matplotlib", "ipywidgets"}),
        (["rnnlab.environment"], {"torch", "psutil", "packaging", "rnnlab.device", "rnnlab.data"}),
        (["rnnlab.messages"], {"torch", "numpy", "matplotlib", "ipywidgets"}),
        ([*COMPUTE, *CHECKS], {"matplotlib", "ipywidgets", "IPython", "torchvision"}),
        (RUNS, {"matplotlib", "ipywidgets", "IPython", "torchvision"}),
        (["rnnlab.draw"], {"torch", "ipywidgets"}),
        (["rnnlab.labs"], {"torch", "matplotlib", "ipywidgets"}),
        ([run.replace(".run", ".lab") for run in RUNS], {"torchvision", "matplotlib.pyplot"}),
    ],
    ids=lambda value: f"{value[0]}, {len(value)} in all" if isinstance(value, list) else "",
)
def test_importing_stays_light(modules, absent):
    code = LOADED.format(modules, absent)
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == ""


def test_no_folder_hides_from_the_contracts():
    """import-linter follows no folder without an __init__.py, and does not say so."""
    for folder in {path.parent for path in LABS.parent.rglob("*.py")}:
        assert (folder / "__init__.py").exists(), folder
