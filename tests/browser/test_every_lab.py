"""Each lab of the package, on one page, on a screen with two pixels per page pixel: moved, read out, and sharp."""

import json
import urllib.request

import pytest
from jupyterlab_driver import TOKEN, Notebook
from quick import quick

from rnnlab import labs

NAME = "every-lab.ipynb"


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 1366, "height": 900}, device_scale_factor=2)
    page.set_default_timeout(30_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def notebook(page, server):
    """A notebook that shows each lab in a cell of its own; all cells have run."""
    sources = [f"from rnnlab import labs\nlabs.{name}(**{quick(name)})" for name in labs.__all__]
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**code, "id": f"lab-{i}", "source": source} for i, source in enumerate(sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    content = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    urllib.request.urlopen(
        urllib.request.Request(
            f"{server}/api/contents/{NAME}?token={TOKEN}",
            json.dumps({"type": "notebook", "content": content}).encode(),
            {"Content-Type": "application/json"},
            method="PUT",
        )
    ).close()
    notebook = Notebook(page, server, NAME)
    notebook.run_all()
    return notebook


@pytest.mark.parametrize("name", labs.__all__)
def test_a_lab_moves_by_keyboard_and_its_last_picture_is_sharp(notebook, name):
    lab = notebook.lab(labs.__all__.index(name))
    lab.wait_done()
    choices = [select for select in lab.root.locator("select").all() if select.is_visible()]
    assert all(select.input_value() for select in choices)
    slider = lab.sliders()[0]
    picture, before = lab.picture(), lab.status.inner_text().split(" · ")[0]
    lab.press(slider, "End" if name != "unroll_lab" else "ArrowRight")
    # The moving pictures are 960 pixels wide, the last one as wide as the screen allows.
    notebook.page.wait_for_function(
        """([lab, before]) => {
          const said = lab.querySelector('[role=status]').textContent;
          return lab.querySelector('img').naturalWidth === 1920 && said.startsWith('done') && !said.startsWith(before);
        }""",
        arg=[lab.root.element_handle(), before],
    )
    lab.screenshot(f"sharp-{name.replace('_', '-')}")
    assert lab.picture() != picture and len(lab.image.get_attribute("alt")) > 40
