"""Chapter 4's live lab as a reader meets it: a real JupyterLab, a real kernel, mouse and keyboard."""

import pytest

CHAPTER = "04-mnist-as-a-sequence.ipynb"


@pytest.fixture
def lab(notebook):
    """The chapter's lab, small and quick: 16 units, 500 digits."""
    lab = notebook.lab()
    for dropdown, option in (
        ("model", "RNN, our BPTT"),
        ("learning rate", "0.003"),
        ("batch", "100"),
        ("training digits", "500"),
    ):
        lab.select(dropdown, option)
    lab.steps_from_start("hidden size", 3)
    lab.steps_from_start("digit", 3)
    small = "RNN, our BPTT, hidden size 16, learning rate 0.003, batch 100, 500 digits,"
    lab.settle("seed", "seed 20 ", 0, f"{small} seed 0 ", "digit 3, a 0")
    return lab


def test_the_default_setting_is_drawn_whole(notebook):
    lab = notebook.lab()
    lab.wait_done("hidden size 64, learning rate 0.003, batch 100, 5000 digits, seed 0 ")
    lab.screenshot("mnist-lab")
    assert lab.image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [960, 500]
    assert lab.faults() == []


@pytest.mark.parametrize(
    ("slider", "key", "value", "words"),
    [
        ("hidden size", "Home", 4, "hidden size 4,"),
        ("hidden size", "End", 128, "hidden size 128,"),
        ("seed", "End", 20, "seed 20 "),
        ("digit", "Home", 0, "digit 0, a 7"),
        ("digit", "End", 999, "digit 999, a "),
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
        ("learning rate", "0.0003", "learning rate 0.0003,"),
        ("learning rate", "0.03", "learning rate 0.03,"),
        ("batch", "8", "batch 8,"),
        ("batch", "250", "batch 250,"),
        ("training digits", "2000", "2000 digits,"),
        ("model", "nn.RNN", "nn.RNN,"),
        ("model", "GRU", "GRU,"),
        ("model", "LSTM", "LSTM,"),
    ],
)
def test_each_dropdown_goes_through_its_options(lab, dropdown, option, words):
    before = lab.picture()
    lab.select(dropdown, option)
    lab.wait_done(words)
    assert lab.picture() != before


def test_another_digit_is_read_without_another_training(lab):
    trained = lab.wait_done("digit 3, a 0").split(" · digit")[0]
    lab.press("digit", "ArrowRight")
    assert lab.wait_done("digit 4, a 4").split(" · digit")[0] == trained
