"""Chapter 2's live lab as a reader meets it: a real JupyterLab, a real kernel, mouse and keyboard."""

import pytest

CHAPTER = "02-backpropagation-through-time.ipynb"


@pytest.fixture
def lab(notebook):
    """The chapter's lab at its default setting."""
    lab = notebook.lab()
    for dropdown, option in (("nonlinearity", "tanh"), ("start", "random"), ("clip", "off")):
        lab.select(dropdown, option)
    lab.steps_from_start("spectral radius", 14)
    lab.steps_from_start("truncation k", 9)
    lab.settle("T", "T 100 ", 48, "tanh, random, spectral radius 0.90, T 50 ", "k 10 loses", "clip off")
    return lab


def test_the_default_setting_is_drawn_whole(lab):
    lab.screenshot("gradient-lab")
    assert lab.image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [960, 520]
    assert lab.faults() == []


@pytest.mark.parametrize(
    ("slider", "key", "value", "words"),
    [
        ("spectral radius", "Home", 0.2, "spectral radius 0.20,"),
        ("spectral radius", "End", 2, "spectral radius 2.00,"),
        ("T", "Home", 2, "T 2 "),
        ("T", "End", 100, "T 100 "),
        ("truncation k", "Home", 1, "k 1 loses"),
        ("truncation k", "End", 100, "k 100 cuts nothing off"),
    ],
)
def test_each_slider_goes_to_its_ends_by_keyboard(lab, slider, key, value, words):
    before = lab.picture()
    lab.press(slider, key)
    lab.wait_done(words)
    assert lab.value(slider) == value and lab.picture() != before


@pytest.mark.parametrize(
    ("dropdown", "option", "words"),
    [
        ("nonlinearity", "sigmoid", "sigmoid, random"),
        ("nonlinearity", "relu", "relu, random"),
        ("nonlinearity", "linear", "linear, random"),
        ("start", "orthogonal", "tanh, orthogonal"),
        ("start", "identity", "tanh, identity"),
        ("clip", "10", "clip 10: "),
        ("clip", "1", "clip 1: "),
        ("clip", "0.1", "clip 0.1: "),
    ],
)
def test_each_dropdown_goes_through_its_options(lab, dropdown, option, words):
    before = lab.picture()
    lab.select(dropdown, option)
    lab.wait_done(words)
    assert lab.picture() != before


def test_what_explodes_is_clipped(lab):
    lab.select("nonlinearity", "linear")
    lab.select("clip", "1")
    lab.press("spectral radius", "End")
    lab.wait_done("exploding", "to 1, all shares times")
    lab.screenshot("gradient-lab-clipped")
