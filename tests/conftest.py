"""What more than one folder of tests needs."""

import publish
import pytest


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the pages, and in it `slides` with the decks, made of the saved notebooks."""
    folder = tmp_path_factory.mktemp("site")
    publish.pages(folder)
    publish.slides(folder / "slides")
    return folder
