"""environment.yml and pyproject.toml are one list, written twice; and `report` says what is there of it."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from rnnlab import environment
from rnnlab.mnist import FILES, RAW

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


def lines(findings) -> str:
    return repr(environment.Findings(findings))


def test_a_machine_that_can_test_the_book_has_everything_in_place():
    text = repr(environment.report())
    assert text.endswith("everything is in place") and "they fit each other" in text and "6,000 digits" in text


def versions(monkeypatch, **changed):
    version = environment.metadata.version
    monkeypatch.setattr(environment.metadata, "version", lambda name: changed.get(name) or version(name))


def test_an_old_package_is_said_with_what_to_type(monkeypatch):
    versions(monkeypatch, matplotlib="3.8.0")
    text = lines(environment._packages())
    assert "LOOK  matplotlib 3.8.0 is too old: pip install -U 'matplotlib>=3.9'" in text and "to look at" in text


def test_a_missing_package_is_said_with_what_to_type(monkeypatch):
    def version(name, found=environment.metadata.version):
        if name == "tqdm":
            raise environment.metadata.PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(environment.metadata, "version", version)
    assert "LOOK  tqdm is missing: pip install 'tqdm>=4.66'" in lines(environment._packages())


def test_a_torch_that_is_not_its_torchvisions_is_said(monkeypatch):
    versions(monkeypatch, torch="2.6.0")
    requires = environment.metadata.requires
    monkeypatch.setattr(
        environment.metadata, "requires", lambda name: ["torch==2.7.0"] if name == "torchvision" else requires(name)
    )
    assert "LOOK  torch 2.6.0 and torchvision" in lines(environment._pair())


@pytest.mark.parametrize(
    ("version", "words"), [("6.29.5", "once a cell runs no more"), ("7.1.0", "even while a cell runs")]
)
def test_the_kernel_is_said_to_answer_as_it_does(monkeypatch, version, words):
    versions(monkeypatch, ipykernel=version)
    assert words in lines(environment._kernel())


def test_little_memory_is_said(monkeypatch):
    monkeypatch.setattr(environment, "TIGHT", 1e6)
    monkeypatch.setenv("MEM_LIMIT", str(2**30))
    text = lines(environment._memory())
    assert "LOOK  memory: this kernel uses" in text and "may use 1.0 GiB: close other kernels" in text


def test_all_of_mnist_is_found_where_it_is_and_else_said_to_be_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RNNLAB_DATA", str(tmp_path))
    assert "not here; chapter 4 can fetch them" in lines(environment._mnist())
    (tmp_path / RAW).mkdir(parents=True)
    for name in FILES:
        (tmp_path / RAW / name).touch()
    assert "in RNNLAB_DATA" in lines(environment._mnist())
    assert str(tmp_path) not in lines(environment._mnist())  # a saved notebook names no folder of its reader


def test_a_hubs_limit_on_cores_is_said(monkeypatch):
    monkeypatch.setenv("CPU_LIMIT", "0.5")
    assert ", of which this server may use 0.5; a lab trains on one" in lines(environment._devices())
