"""environment.yml and pyproject.toml are one list, written twice."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"torch": "pytorch"}  # conda-forge's name where it differs from PyPI's


def floors(requirements: list[str]) -> dict[str, str]:
    return dict(re.fullmatch(r"([\w-]+)\s*(>=.+)", line).groups() for line in requirements)


def test_environment_and_pyproject_name_the_same_floors():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [
        line for line in environment["dependencies"] if isinstance(line, str) and not re.match(r"(python|pip)\b", line)
    ]
    pip = {CONDA_NAMES.get(name, name): floor for name, floor in floors(project["dependencies"]).items()}
    assert floors(conda) == pip


def test_environment_pins_one_python_that_the_project_allows_and_installs_the_book():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (python,) = [line for line in environment["dependencies"] if isinstance(line, str) and line.startswith("python")]
    minor = re.fullmatch(r"python=3\.(\d+)", python).group(1)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert int(minor) >= int(re.fullmatch(r">=3\.(\d+)", project["requires-python"]).group(1))
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert "pip" in environment["dependencies"] and {"pip": ["-e ."]} in environment["dependencies"]
