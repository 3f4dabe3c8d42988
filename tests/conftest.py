"""Fixtures that more than one folder of tests needs."""

import os
from pathlib import Path

import publish
import pytest
from missing import missing

from rnnlab.data.mnist_files import RAW


@pytest.fixture(scope="session")
def data():
    """The folder with all of MNIST that RNNLAB_DATA named when the tests began."""
    folder = Path(os.environ.get("RNNLAB_DATA_FOR_TESTS") or "unset")
    if not (folder / RAW).is_dir():
        missing(f"no MNIST/raw in RNNLAB_DATA ({folder}): set it to the folder that holds all of MNIST")
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the pages, with the decks in its folder `slides`, made from the saved notebooks."""
    folder = tmp_path_factory.mktemp("site")
    publish.pages(folder)
    publish.slides(folder / "slides")
    return folder
