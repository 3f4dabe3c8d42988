"""What a test does if something is missing that not every machine has: a browser, all of MNIST, another ipykernel."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test that needs `what`; fail it if RNNLAB_NOTHING_MISSING=1 says that this machine has everything."""
    if os.environ.get("RNNLAB_NOTHING_MISSING") == "1":
        pytest.fail(f"{what} (and RNNLAB_NOTHING_MISSING is 1)")
    pytest.skip(what)
