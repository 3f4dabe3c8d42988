"""environment.yml and pyproject.toml are one list, written twice; and `report` says which of it is there."""

import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from rnnlab import environment
from rnnlab.data import mnist_files
from rnnlab.data.mnist_files import FILES, RAW

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
    assert text.endswith("everything is in place") and "they match" in text and "6,000 digits" in text


def versions(monkeypatch, **changed):
    version = environment.metadata.version
    monkeypatch.setattr(environment.metadata, "version", lambda name: changed.get(name) or version(name))


def test_an_old_package_is_said_with_what_to_type(monkeypatch):
    versions(monkeypatch, matplotlib="3.8.0")
    text = lines(environment._packages())
    assert "LOOK  matplotlib 3.8.0 is too old: pip install -U 'matplotlib>=3.9'" in text and "to look at" in text


def without(monkeypatch, *names: str):
    """It is neither found nor imported, and the project requires what pyproject.toml says, however old the install."""
    version, requires = environment.metadata.version, environment.metadata.requires
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def found(name):
        if name in names:
            raise environment.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(environment.metadata, "version", found)
    monkeypatch.setattr(
        environment.metadata, "requires", lambda name: project["dependencies"] if name == "rnnlab" else requires(name)
    )
    for name in (name for name in list(sys.modules) if name.partition(".")[0] in ("rnnlab", *names)):
        if name != environment.__name__:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(names), *sys.meta_path])


class Absent(NamedTuple):
    """A finder of modules that knows which are missing."""

    names: tuple[str, ...]

    def find_spec(self, name, _path=None, _target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


RUN_TIME = floors(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])


@pytest.mark.parametrize("name", RUN_TIME)
def test_a_missing_package_is_said_once_with_what_to_type_and_the_rest_is_looked_at(monkeypatch, name):
    without(monkeypatch, name)
    text = repr(environment.report())
    assert f"LOOK  {name} is missing: pip install '{name}{RUN_TIME[name]}'" in text
    assert text.endswith("\n1 to look at, marked LOOK") and text.count(f"{name} is missing") == 1
    for begins in ("good  Python", "good  packages:", "good  cpu:", *["good  memory:"] * (name != "psutil")):
        assert f"\n{begins}" in f"\n{text}"


def test_all_packages_missing_are_said_one_by_one(monkeypatch):
    without(monkeypatch, *RUN_TIME)
    text = repr(environment.report())
    assert text.endswith(f"\n{len(RUN_TIME)} to look at, marked LOOK") and all(
        f"{name} is missing" in text for name in RUN_TIME
    )


def test_what_an_old_install_does_not_list_is_said_to_be_missing_by_the_look_that_needs_it(monkeypatch):
    without(monkeypatch, "psutil")
    monkeypatch.setattr(environment.metadata, "requires", lambda _: ["tqdm>=4.66"])
    assert repr(environment.report()).count("psutil is missing: pip install psutil") == 1


def test_a_book_that_is_not_installed_is_said(monkeypatch):
    def requires(name):
        raise environment.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.metadata, "requires", requires)
    assert "LOOK  rnnlab is not installed here: pip install -e ." in lines(environment._packages())


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("psutil.virtual_memory", "memory"),
        ("psutil.Process", "memory"),
        ("torch.cuda.is_available", "devices"),
        ("rnnlab.data.mnist_files.look_in", "MNIST"),
    ],
)
def test_a_reading_that_fails_becomes_words_and_the_rest_is_looked_at(monkeypatch, place, what):
    def broken(*_):
        raise RuntimeError("the driver is asleep\nand says so at length")

    monkeypatch.setattr(place, broken)
    text = repr(environment.report())
    assert f"LOOK  {what}: could not be checked (RuntimeError: the driver is asleep); " in text
    assert text.endswith("\n1 to look at, marked LOOK") and "good  cpu:" in text


def test_a_torch_that_is_not_its_torchvisions_is_said(monkeypatch):
    versions(monkeypatch, torch="2.6.0")
    requires = environment.metadata.requires
    monkeypatch.setattr(
        environment.metadata, "requires", lambda name: ["torch==2.7.0"] if name == "torchvision" else requires(name)
    )
    assert "LOOK  torch 2.6.0 and torchvision" in lines(environment._pair())


@pytest.mark.parametrize(
    ("version", "words"), [("6.29.5", "only after the running cell has finished"), ("7.1.0", "even while a cell runs")]
)
def test_the_kernel_is_said_to_answer_as_it_does(monkeypatch, version, words):
    versions(monkeypatch, ipykernel=version)
    assert words in lines(environment._kernel())


def test_little_memory_is_said(monkeypatch):
    monkeypatch.setattr(environment, "TIGHT", 1e6)
    monkeypatch.setenv("MEM_LIMIT", str(2**30))
    text = lines(environment._memory())
    assert "LOOK  memory: this kernel uses" in text and "may use 1.0 GiB: close other kernels" in text


@pytest.fixture
def places(monkeypatch, tmp_path):
    """The reader's own folder and the cache, both empty; and files of a few bytes that pass for MNIST's."""
    own, cache = tmp_path / "own", tmp_path / "cache"
    monkeypatch.setenv("RNNLAB_DATA", str(own))
    monkeypatch.setattr(mnist_files, "cache_folders", lambda: [cache])
    for name in FILES:
        monkeypatch.setitem(FILES, name, hashlib.md5(name.encode()).hexdigest())
    for folder in (own, cache):
        (folder / RAW).mkdir(parents=True)
    return own / RAW, cache / RAW


def fill(folder, other=None):
    for name in FILES:
        (folder / name).write_bytes(name.encode() if name != other else b"another's")


def test_all_of_mnist_is_said_to_be_where_it_is(places, monkeypatch):
    own, cache = places
    fill(own)
    assert lines(environment._mnist()).startswith(
        "good  MNIST: 6,000 digits come with the book; all 70,000: in RNNLAB_DATA\n"
    )
    monkeypatch.delenv("RNNLAB_DATA")
    assert "all 70,000: not here; chapter 4 can fetch them once, 12 MB" in lines(environment._mnist())
    fill(cache)
    assert lines(environment._mnist()).startswith(
        "good  MNIST: 6,000 digits come with the book; all 70,000: in the cache\n"
    )


@pytest.mark.parametrize("other", FILES)
def test_files_of_mnists_names_that_are_not_mnists_are_named(places, monkeypatch, tmp_path, other):
    own, cache = places
    fill(own, other)
    text = lines(environment._mnist())
    assert f"LOOK  RNNLAB_DATA: missing or not MNIST's in MNIST/raw there: {other};" in text
    assert "good  MNIST: 6,000 digits come with the book; all 70,000: not here" in text
    monkeypatch.delenv("RNNLAB_DATA")
    fill(cache, other)
    text = lines(environment._mnist())
    assert (
        f"LOOK  MNIST: 6,000 digits come with the book; all 70,000: damaged or not MNIST's in the cache: {other};"
        in text
    )
    assert str(tmp_path) not in text  # a saved notebook names no folder of its reader


def test_an_own_folder_that_is_none_is_said(places, monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for folder in (file, tmp_path / "nowhere"):
        monkeypatch.setenv("RNNLAB_DATA", str(folder))
        text = lines(environment._mnist())
        assert "LOOK  RNNLAB_DATA does not name a folder" in text and "all 70,000: not here; chapter 4" in text
        assert text.endswith("1 to look at, marked LOOK") and str(tmp_path) not in text


def test_without_a_home_the_missing_place_is_said_once(places, monkeypatch):
    monkeypatch.delenv("RNNLAB_DATA")
    monkeypatch.setattr(mnist_files, "cache_folders", list)
    text = lines(environment._mnist())
    assert "not here, and this user has no home folder to keep them in: set HOME, or RNNLAB_DATA" in text


def test_the_real_files_pass(data, monkeypatch):
    monkeypatch.setenv("RNNLAB_DATA", str(data))
    assert "all 70,000: in RNNLAB_DATA" in lines(environment._mnist())


def test_a_hubs_limit_on_cores_is_said(monkeypatch):
    monkeypatch.setenv("CPU_LIMIT", "0.5")
    assert ", of which this server may use 0.5; a lab trains on one" in lines(environment._devices())
