"""The first lab in every front end a reader may have: JupyterLab and Notebook 7, on the installed ipykernel and 6."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from jupyterlab_driver import Notebook, jupyter_server
from missing import missing
from playwright.sync_api import expect

CHAPTER = "00-start-here.ipynb"
IPYKERNEL_6 = Path(sys.prefix) / "kernels" / "6.31.0"  # `make test` installs it there
INSTALLED = version("ipykernel").partition(".")[0]


@pytest.fixture(scope="module")
def old_server(tmp_path_factory):
    """A server whose kernels run on ipykernel 6, which knows no subshells."""
    if not IPYKERNEL_6.exists():
        missing("no ipykernel 6.31.0 beside the one installed: `make test` brings it")
    with jupyter_server(tmp_path_factory.mktemp("old"), IPYKERNEL_6) as address:
        yield address


FRONT_ENDS = {
    f"Notebook 7, ipykernel {INSTALLED}": ("notebooks", "server"),
    "Notebook 7, ipykernel 6": ("notebooks", "old_server"),
    "JupyterLab, ipykernel 6": ("lab/tree", "old_server"),
}


@pytest.fixture(scope="module", params=FRONT_ENDS)
def opened(request, page):
    """The start page, all cells run, and the major version of ipykernel it should run on."""
    front_end, server = FRONT_ENDS[request.param]
    notebook = Notebook(page, request.getfixturevalue(server), CHAPTER, front_end)
    notebook.run_all()
    return notebook, request.param[-1]


def test_a_slider_trains_and_a_screen_reader_can_follow(opened):
    notebook, ipykernel = opened
    assert notebook.execute("import ipykernel; print(ipykernel.__version__)").startswith(f"{ipykernel}.")
    lab = notebook.lab()
    lab.wait_done("RNN on sine, tau 4, noise 0.20")
    before = lab.picture()
    lab.press("noise", "Home")
    lab.wait_done("noise 0.00")
    assert lab.picture() != before and lab.value("noise") == 0
    assert lab.image.get_attribute("alt").startswith("Three panels.")
    assert lab.handle("tau").get_attribute("aria-label") == "tau"
    lab.press("noise", "PageUp")
    lab.wait_done("noise 0.25")


def test_a_dropdown_is_moved_by_keyboard(opened):
    notebook, _ = opened
    lab = notebook.lab()
    lab.dropdown("model").focus()
    notebook.page.keyboard.press("ArrowUp")
    lab.wait_done("MLP on sine")
    notebook.page.keyboard.press("ArrowDown")
    lab.wait_done("RNN on sine")


def test_while_a_cell_runs_a_slider_answers_at_once_or_once_it_has_ended(opened):
    notebook, ipykernel = opened
    lab = notebook.lab()
    lab.press("seed", "ArrowRight")  # ipykernel 7.4 takes the first move of each control on the main thread
    lab.wait_done("seed 1 ")
    notebook.begin("import time; began = time.monotonic()\nwhile time.monotonic() < began + 60: time.sleep(0.01)")
    lab.press("seed", "ArrowRight")
    if ipykernel == "7":
        lab.wait_done("seed 2 ")
        assert not notebook.idle()
    else:
        notebook.page.wait_for_timeout(1000)
        expect(lab.status).to_contain_text("seed 1 ")
    notebook.interrupt()
    lab.wait_done("seed 2 ")
    notebook.page.wait_for_function("() => !window.begun", timeout=10_000)
    lab.press("seed", "ArrowRight")
    lab.wait_done("seed 3 ")
