"""The shape of the package: who may import whom, and that importing stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "rnnlab"
LEAVES = {  # module: the siblings and the libraries it may import, at the top of the file
    "device": ({}, {"torch"}),
    "messages": ({}, {}),
    "data": ({"messages"}, {"torch", "numpy"}),
    "numerals": ({}, {}),
    "csv_text": ({"messages"}, {}),
    "table": ({"csv_text", "data", "messages", "numerals"}, {"torch", "numpy"}),
    "recordings": ({"data", "messages", "table"}, {"torch", "numpy"}),
    "cells.__init__": ({"cells.gated", "cells.gru", "cells.rnn", "cells.walk"}, {}),
    "cells.gated": ({}, {"torch"}),
    "cells.gru": ({"cells.gated", "cells.rnn"}, {"torch"}),
    "cells.rnn": ({"messages"}, {"torch"}),
    "cells.walk": ({"cells.gated", "cells.rnn"}, {"torch"}),
    "environment": ({}, {}),  # it says what is missing, and so needs nothing
    "mnist": ({"mnist_files"}, {"torch", "numpy"}),
    "mnist_files": ({}, {"platformdirs"}),
    "models": ({"cells", "messages"}, {"torch"}),
    "vocabulary": ({"messages"}, {"torch"}),
    "language": ({"cells", "vocabulary"}, {"torch"}),
    "tasks.__init__": ({}, {}),
    "tasks.dna": ({}, {"torch"}),
    "tasks.memory": ({}, {"torch"}),
    "tasks.sentiment": ({}, {}),
    "tasks.tags": ({}, {}),
    "tasks.translation": ({}, {}),
    "forecast": ({}, {"torch"}),
    "train": ({}, {"torch"}),
    "draw.__init__": ({"draw.look"}, {"numpy", "matplotlib", "IPython"}),
    "draw.look": ({}, {"matplotlib"}),
    "draw.book": ({"draw", "draw.look"}, {"matplotlib"}),
    "draw.bptt": ({"draw", "draw.look"}, {"matplotlib"}),
    "draw.gradient": ({"draw", "draw.look"}, {"numpy", "matplotlib"}),
    "draw.memory": ({"draw", "draw.look", "draw.training"}, {"numpy", "matplotlib"}),
    "draw.mnist": ({"draw", "draw.look", "draw.training"}, {"numpy", "matplotlib"}),
    "draw.neuron": ({"draw", "draw.look"}, {"numpy", "matplotlib"}),
    "draw.sine": ({"draw", "draw.look"}, {"numpy", "matplotlib"}),
    "draw.tasks": ({"draw", "draw.look", "draw.training"}, {"numpy", "matplotlib"}),
    "draw.training": ({"draw"}, {"matplotlib"}),
    "draw.unroll": ({"draw", "draw.look"}, {"numpy", "matplotlib"}),
    "stamps": ({}, {"numpy", "matplotlib"}),
    "live": ({"draw.look", "stamps"}, {"matplotlib", "PIL"}),
    "panel": ({"device", "draw", "live"}, {"ipywidgets", "IPython"}),
    "check.__init__": ({"check.verdict"}, {}),
    "check.answers": ({"check.verdict"}, {"torch", "numpy"}),
    "check.verdict": ({}, {}),
    "check.memory": ({"check.answers", "check.verdict"}, {"torch"}),
    "check.mnist": ({"check.answers", "check.verdict"}, {"torch"}),
    "check.recurrence": ({"check.answers", "check.verdict"}, {"torch"}),
    "check.bptt": ({"check.answers", "check.verdict"}, {"torch"}),
    "check.start": ({"check.answers", "check.verdict"}, {}),
    "check.sine": ({"check.answers", "check.verdict"}, {"torch"}),
    "check.tasks": ({"check.answers", "check.verdict"}, {"torch"}),
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"rnnlab.{alias.name}" for alias in node.names} if node.module == "rnnlab" else {node.module}
    return found


def modules() -> dict[str, Path]:
    names = {path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py")}
    return {name: path for path, name in names.items() if name != "__init__" and not name.startswith("labs.")}


def test_every_module_is_in_the_table():
    assert modules().keys() == LEAVES.keys()


@pytest.mark.parametrize("name", LEAVES)
def test_a_leaf_imports_what_the_table_allows(name):
    siblings, libraries = LEAVES[name]
    for found in imports(modules()[name]):
        top, _, rest = found.partition(".")
        assert top in sys.stdlib_module_names or (rest in siblings if top == "rnnlab" else top in libraries), (
            f"{name} imports {found}"
        )


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("rnnlab", {"torch", "numpy", "matplotlib", "ipywidgets"}),
        *[
            (f"rnnlab.{name}", {"matplotlib", "ipywidgets", "torchvision"})
            for name in ("device", "data", "cells", "models", "language", "forecast", "train")
        ],
        ("rnnlab.recordings", {"matplotlib", "ipywidgets", "torchvision"}),
        *[(f"rnnlab.check.{name}", {"matplotlib", "ipywidgets", "torchvision"}) for name in ("recurrence", "sine")],
        ("rnnlab.draw", {"torch", "ipywidgets"}),
        ("rnnlab.labs", {"torchvision", "matplotlib.pyplot"}),
    ],
)
def test_importing_stays_light(module, absent):
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {absent!r}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []
