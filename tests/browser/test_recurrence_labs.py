"""Chapter 1's live labs as a reader meets them: a real JupyterLab, a real kernel, mouse and keyboard."""

import pytest
from jupyterlab_driver import digest, from_scratch
from playwright.sync_api import expect

CHAPTER = "01-forward-recurrence.ipynb"


@pytest.fixture
def neuron(notebook):
    """The neuron lab at its default setting."""
    lab = notebook.lab(0)
    lab.select("input", "pulse")
    lab.select("nonlinearity", "tanh")
    lab.steps_from_start("w", 80)
    lab.steps_from_start("w_h", 138)
    lab.settle("b", "b 6.0 ", 60, "pulse, tanh, w 2.0, w_h 0.9, b 0.0 ")
    return lab


@pytest.fixture
def unroll(notebook):
    """The unroll lab at its default setting."""
    lab = notebook.lab(1)
    lab.select("input", "pulse")
    lab.select("weights", "mixed")
    lab.settle("t", "t 6 ", 2, "pulse, mixed, t 2 ")
    return lab


@pytest.mark.parametrize("which", ["neuron", "unroll"])
def test_the_labs_fit_on_the_page(which, request):
    lab = request.getfixturevalue(which)
    lab.screenshot(f"{which}-lab")
    assert lab.faults() == []


@pytest.mark.parametrize("slider", ["w", "w_h", "b"])
@pytest.mark.parametrize(("key", "value"), [("Home", -6), ("End", 6)])
def test_each_weight_goes_to_its_ends_by_keyboard(neuron, slider, key, value):
    before = neuron.picture()
    neuron.press(slider, key)
    neuron.wait_done(f" {slider} {value:.1f}")
    assert neuron.value(slider) == value and neuron.picture() != before


@pytest.mark.parametrize("input", ["step", "alternating", "noise"])
@pytest.mark.parametrize("nonlinearity", ["sigmoid", "tanh"])
def test_each_input_and_nonlinearity_can_be_chosen(neuron, input, nonlinearity):
    before = neuron.picture()
    neuron.select("input", input)
    neuron.select("nonlinearity", nonlinearity)
    neuron.wait_done(f"{input}, {nonlinearity},")
    assert neuron.picture() != before


def test_the_tasks_of_the_chapter_can_be_done(neuron):
    neuron.press("w_h", "ArrowLeft", 12)
    assert "forgets" in neuron.wait_done("w_h 0.3,")
    neuron.press("w_h", "ArrowRight", 24)
    assert "latches at -0.86 or 0.86" in neuron.wait_done("w_h 1.5,")
    neuron.screenshot("neuron-lab-latch")
    neuron.steps_from_start("w_h", 80)
    assert "oscillates for ever" in neuron.wait_done("w_h -2.0,")


def test_a_burst_of_moves_ends_in_the_last_settings_own_picture(neuron, notebook, page):
    neuron.press("w_h", "ArrowRight", 30)
    neuron.press("w", "ArrowLeft", 15)
    neuron.wait_done("pulse, tanh, w 0.5, w_h 2.4, b 0.0 ")
    picture = neuron.picture()
    neuron.image.evaluate("image => { window.later = 0; image.addEventListener('load', () => window.later++); }")
    assert digest(picture) == from_scratch(notebook, "neuron_lab(w=0.5, w_h=2.4)")
    page.wait_for_timeout(500)
    assert page.evaluate("window.later") == 0 and neuron.picture() == picture


def test_time_runs_one_tick_at_a_time(unroll, notebook):
    unroll.press("t", "Home")
    unroll.wait_done("t 0 ", "h_0 = (0.00, 0.00)")
    seen = {unroll.picture()}
    for t in range(1, 7):
        unroll.press("t", "ArrowRight")
        unroll.wait_done(f"t {t} ", f"h_{t} = ")
        seen.add(unroll.picture())
    assert len(seen) == 7
    assert digest(unroll.picture()) == from_scratch(notebook, "unroll_lab(t=6)")
    unroll.screenshot("unroll-lab-t6")


@pytest.mark.parametrize(
    ("control", "option"),
    [
        ("input", "late pulse"),
        ("input", "step"),
        ("input", "alternating"),
        ("weights", "delay line"),
        ("weights", "turning"),
        ("weights", "feed-forward"),
    ],
)
def test_each_choice_of_the_unrolling_can_be_made(unroll, control, option):
    before = unroll.picture()
    unroll.select(control, option)
    unroll.wait_done(option, "t 2 ")
    assert unroll.picture() != before


def test_a_neuron_lab_called_with_a_wrong_weight_says_what_is_allowed(notebook):
    with pytest.raises(RuntimeError, match="w_h is 60; allowed: -6 to 6"):
        notebook.execute("from rnnlab.labs import neuron_lab; neuron_lab(w_h=60)")


def test_both_labs_are_on_the_page_and_say_so_to_a_screen_reader(neuron, unroll):
    for lab in (neuron, unroll):
        expect(lab.status).to_have_attribute("aria-live", "polite")
