"""One server, one browser and one open chapter for the tests of a module."""

import subprocess
import sys

import pytest
from jupyterlab_driver import Notebook, chromium, jupyter_server
from missing import missing
from playwright.sync_api import Error, sync_playwright


@pytest.fixture(scope="session")
def browser():
    """A Chromium from the PATH, else Playwright's own download."""
    with sync_playwright() as playwright:
        try:
            found = chromium(playwright)
        except Error:
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=300, check=False)
            try:
                found = chromium(playwright)
            except Error:
                missing("no Chromium on the PATH, and Playwright could not fetch one: install chromium and test again")
        yield found
        found.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with jupyter_server(tmp_path_factory.mktemp("jupyter")) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.set_default_timeout(30_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def notebook(request, page, server):
    """The module's CHAPTER, all cells run."""
    notebook = Notebook(page, server, request.module.CHAPTER)
    notebook.run_all()
    return notebook
