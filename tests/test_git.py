"""`make git`: what git shows of a notebook is its cells, and two changes of one notebook merge cell by cell."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from missing import missing

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_make_above(monkeypatch):
    """These tests may run under `make test`: what was passed to that make is not for the make that they run."""
    for name in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS"):
        monkeypatch.delenv(name, raising=False)


def notebook(first: str, last: str, count: int = 1) -> str:
    cells = [
        nbformat.v4.new_code_cell(first, id="first", execution_count=count),
        nbformat.v4.new_markdown_cell("between", id="between"),
        nbformat.v4.new_code_cell(last, id="last", execution_count=count + 1),
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Git in a repository with the book's .gitattributes and what `make git` sets up, without any settings of yours."""
    for name in ("git", "make"):
        if not shutil.which(name):
            missing(f"no {name} on the PATH")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "nobody"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    repository = tmp_path / "a repository"  # with a space, as in many home folders

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
        return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout

    repository.mkdir()
    git("init", "--quiet", "--initial-branch=book")
    shutil.copy(ROOT / ".gitattributes", repository)
    subprocess.run(["make", "-f", ROOT / "Makefile", f"VENV={sys.prefix}", "git"], cwd=repository, check=True)
    (repository / "one.ipynb").write_text(notebook("x = 1", "y = 1"))
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    return git


@pytest.mark.slow
def test_a_diff_says_which_cell_and_shows_its_lines(git, tmp_path):
    (tmp_path / "a repository" / "one.ipynb").write_text(notebook("x = 1", "y = 2"))
    shown = re.sub(r"\x1b\[\d*m", "", git("diff"))
    assert (
        "modified /cells/2/source" in shown and re.search(r"-\s*y = 1\n\+\s*y = 2", shown) and '"source"' not in shown
    )


@pytest.mark.slow
def test_changes_of_two_cells_merge(git, tmp_path):
    path = tmp_path / "a repository" / "one.ipynb"
    git("switch", "--quiet", "-c", "other")
    path.write_text(notebook("x = 1", "y = 2", count=3))  # merged as text, the counts would be a conflict
    git("commit", "--quiet", "-am", "other")
    git("switch", "--quiet", "book")
    path.write_text(notebook("x = 2", "y = 1", count=5))
    git("commit", "--quiet", "-am", "this")
    git("merge", "other")
    assert [cell.source for cell in nbformat.read(path, as_version=4).cells] == ["x = 2", "between", "y = 2"]


def test_a_download_without_git_has_nothing_to_set_up(tmp_path):
    if not shutil.which("make"):
        missing("no make on the PATH")
    make = subprocess.run(
        ["make", "-f", ROOT / "Makefile", "git"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert make.stdout == make.stderr == ""
