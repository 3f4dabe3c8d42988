"""Whatever is imported is declared: for the package and the chapters at run time, for the rest in the extra `test`."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OURS = {"rnnlab"} | {
    path.stem
    for folder in PYPROJECT["tool"]["pytest"]["ini_options"]["pythonpath"]
    for path in (ROOT / folder).iterdir()
}
RUN_TIME = PYPROJECT["project"]["dependencies"]
EXTRAS = [line for lines in PYPROJECT["project"]["optional-dependencies"].values() for line in lines]


def names(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", line).group()) for line in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(code: str) -> Iterator[str]:
    """Every top-level name that the code imports from elsewhere, inside functions too."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def code(path: Path) -> str:
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize(
    ("folder", "pattern", "declared"),
    [
        ("rnnlab", "**/*.py", RUN_TIME),
        ("notebooks", "*.ipynb", RUN_TIME),
        *[(folder, "**/*.py", RUN_TIME + EXTRAS) for folder in ("tests", "tools", "benchmarks")],
        (".", "conftest.py", RUN_TIME + EXTRAS),
    ],
)
def test_what_is_imported_is_declared(folder, pattern, declared):
    paths = [path for path in (ROOT / folder).glob(pattern) if ".ipynb_checkpoints" not in path.parts]
    assert paths
    distributions = packages_distributions()
    for path in paths:
        for name in sorted(set(imported(code(path))) - OURS - sys.stdlib_module_names):
            belongs = {normal(distribution) for distribution in distributions.get(name, [])}
            assert belongs & names(declared), (
                f"{path.relative_to(ROOT)} imports {name}: add {belongs or name} to pyproject.toml"
            )
