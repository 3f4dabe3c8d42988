"""Where MNIST's files are kept on each platform; and a user without a home folder is told so and can go on."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from rnnlab.data import mnist_files
from rnnlab.data.mnist_files import FILES, RAW, cache_folders

ROOT = Path(__file__).parents[2]


@pytest.fixture
def on(monkeypatch):
    """Make platformdirs, and our code, believe in another platform and in these variables."""

    def become(platform: str, name: str, **variables: str):
        implementation = importlib.import_module(f"platformdirs.{name.lower()}")
        monkeypatch.setattr(platformdirs, "PlatformDirs", getattr(implementation, name))
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        return implementation

    return become


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_each_platform_has_its_own_place_and_what_lay_in_the_old_one_is_still_found(on, monkeypatch):
    on("linux", "Unix", HOME="/home/ada")
    assert cache_folders() == [Path("/home/ada/.cache/rnnlab")]
    on("linux", "Unix", HOME="/home/ada", XDG_CACHE_HOME="/var/ada")
    assert cache_folders() == [Path("/var/ada/rnnlab")]
    on("darwin", "MacOS", HOME="/Users/ada")
    assert cache_folders() == [Path("/Users/ada/Library/Caches/rnnlab"), Path("/Users/ada/.cache/rnnlab")]
    windows = on("win32", "Windows")
    monkeypatch.setattr(windows, "get_win_folder", {"CSIDL_LOCAL_APPDATA": "/C/Users/ada/AppData/Local"}.get)
    assert cache_folders() == [Path("/C/Users/ada/AppData/Local/rnnlab")]


def test_a_whole_cache_in_a_later_folder_is_read_and_an_empty_one_before_it_is_left_alone(data, tmp_path, monkeypatch):
    monkeypatch.setattr(mnist_files, "cache_folders", lambda: [tmp_path / "new", data])
    contents, source = mnist_files.whole()
    assert len(contents[0]) == 16 + 60_000 * 28 * 28 and source == f"the cache, {data}" and not list(tmp_path.iterdir())


def as_nobody(code: str, folder: Path) -> str:
    """What `code` prints for a user without HOME and without an entry in the system's list (`docker run --user`)."""
    variables = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    # The rights of root stay: the interpreter itself may be in a folder that only root can read.
    become = "import os; os.setresuid(12345, 0, 0)\n"
    return subprocess.run(
        [sys.executable, "-c", become + code],
        cwd=folder,
        env=variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "setresuid") or os.geteuid() != 0, reason="only root can be a user without a home")
def test_a_user_without_a_home_gets_the_digits_of_the_book_and_one_line(tmp_path):
    text = as_nobody("from rnnlab.data.mnist import load_mnist; print(len(load_mnist(whole=True).y))", tmp_path)
    assert text.count("\n") == 2 and text.endswith("\n5000\n")
    assert "this user has no home" in text and "set RNNLAB_DATA" in text and "bundled" in text
    report = as_nobody("from rnnlab.environment import report; print(report())", tmp_path)
    assert "LOOK  MNIST: 6,000 digits come with the book; all 70,000: not here, and this user has no home" in report
    assert "good  memory" in report and report.endswith("1 to look at, marked LOOK\n")
    assert not list(tmp_path.iterdir())  # least of all a folder named ~


@pytest.mark.parametrize("answer", ["raises", "~/.cache/rnnlab"])
def test_both_ways_in_which_platformdirs_says_that_there_is_no_home(monkeypatch, tmp_path, capsys, answer):
    def user_cache_path(*_, **__):
        if answer == "raises":
            raise RuntimeError("could not determine the home directory")
        return Path(answer)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platformdirs, "user_cache_path", user_cache_path)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_folders() == []
    with pytest.raises(OSError, match=r"no home .* set RNNLAB_DATA"):
        mnist_files.whole()
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_read_counts_as_none(tmp_path):
    (tmp_path / RAW / next(iter(FILES))).mkdir(parents=True)  # a folder with the file's name
    assert set(mnist_files.look_in(tmp_path).values()) == {None}
