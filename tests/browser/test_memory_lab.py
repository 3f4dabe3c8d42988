"""Chapter 6's live labs as a reader meets them: a real JupyterLab, a real kernel, mouse and keyboard."""

import pytest

CHAPTER = "06-lstm-and-gru.ipynb"


@pytest.fixture
def lab(notebook):
    """The chapter's first lab, small and quick: an LSTM of 8 units, a lag of 10."""
    lab = notebook.lab()
    lab.select("cell", "LSTM")
    lab.steps_from_start("lag", 1)
    lab.steps_from_start("hidden size", 1)
    lab.steps_from_start("forget bias", 7)
    lab.steps_from_start("input bias", 6)
    lab.press("sequence", "Home")
    lab.select("learning rate", "0.003")
    small = "LSTM, forget bias 5, input bias 0, lag 10, hidden size 8, learning rate 0.003,"
    lab.settle("seed", "seed 20,", 0, f"{small} seed 0,", "sequence 0,")
    return lab


def test_the_default_setting_is_drawn_whole(notebook):
    lab = notebook.lab()
    lab.wait_done("LSTM, forget bias 5, input bias 0, lag 50, hidden size 32, learning rate 0.003, seed 0")
    lab.screenshot("memory-lab")
    assert lab.image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [960, 520]
    assert lab.faults() == []


@pytest.mark.parametrize(
    ("slider", "key", "value", "words"),
    [
        ("lag", "Home", 5, "lag 5,"),
        ("lag", "End", 200, "lag 200,"),
        ("hidden size", "Home", 4, "hidden size 4,"),
        ("hidden size", "End", 128, "hidden size 128,"),
        ("forget bias", "Home", -2, "forget bias -2,"),
        ("forget bias", "End", 8, "forget bias 8,"),
        ("input bias", "Home", -6, "input bias -6,"),
        ("input bias", "End", 2, "input bias 2,"),
        ("seed", "End", 20, "seed 20,"),
        ("sequence", "End", 199, "sequence 199,"),
    ],
)
def test_each_slider_goes_to_its_ends_by_keyboard(lab, slider, key, value, words):
    before = lab.picture()
    lab.press(slider, key)
    lab.wait_done(words)
    assert lab.value(slider) == value and lab.picture() != before


def test_reset_leads_back_by_mouse_and_by_keyboard(lab):
    start = "LSTM, forget bias 5, input bias 0, lag 50, hidden size 32, learning rate 0.003, seed 0"
    button = lab.root.get_by_role("button", name="reset")
    button.click()
    lab.wait_done(start, "sequence 0,")
    assert lab.value("lag") == 50
    lab.select("cell", "GRU")
    lab.wait_done("GRU, ")
    button.press("Enter")
    lab.wait_done(start)
    lab.screenshot("memory-lab-reset")
    assert lab.faults() == []


@pytest.mark.parametrize("cell", ["RNN, PyTorch's start", "RNN, orthogonal", "RNN, identity", "GRU"])
def test_each_cell_trains_and_offers_what_counts_for_it(lab, cell):
    lab.select("cell", cell)
    lab.wait_done(f"{cell}, ")
    for slider, counts in (("forget bias", cell == "GRU"), ("input bias", False)):
        rail = lab.handle(slider).locator("xpath=ancestor::*[contains(@class, 'noUi-target')]")
        assert (rail.get_attribute("disabled") is None) is counts


def test_the_forget_bias_decides_whether_it_learns(lab):
    lab.steps_from_start("lag", 9)
    lab.steps_from_start("hidden size", 7)
    lab.wait_done("lag 50, hidden size 32")
    assert "test accuracy 100.0%" in lab.wait_done("forget bias 5")
    lab.press("forget bias", "ArrowLeft", 5)
    assert float(lab.wait_done("forget bias 0").split("test accuracy ")[1].split("%")[0]) < 40
