"""A lab under random fire in a real JupyterLab: keys, menus' choices, busy cells and kernel interrupts in any order."""

import random

import pytest
from jupyterlab_driver import digest, from_scratch

CHAPTER = "00-start-here.ipynb"
KEYS = ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End")
SLIDERS = ("tau", "noise", "hidden size", "seed")
COUNT = "import threading; print(sum(t.name == 'rnnlab-runner' for t in threading.enumerate()))"


def fire(dice, notebook, lab, shots):
    page = notebook.page
    for _ in range(shots):
        match dice.choice(["key", "key", "key", "model", "cell", "interrupt", "pause"]):
            case "key":
                lab.press(dice.choice(SLIDERS), dice.choice(KEYS), dice.randint(1, 4))
            case "model":
                lab.select("model", dice.choice(["linear", "MLP", "RNN"]))
            case "cell":
                notebook.begin("import time; time.sleep(0.5)")
            case "interrupt":
                page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
            case "pause":
                page.wait_for_timeout(dice.randint(0, 300))


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_in_the_end_is_the_last_setting_as_a_new_lab_draws_it(notebook, seed):
    dice, lab = random.Random(seed), notebook.lab()
    fire(dice, notebook, lab, 40)
    lab.select("model", dice.choice(["MLP", "RNN"]))
    model = lab.dropdown("model").input_value()
    tau, noise, size, drawn = (lab.value(slider) for slider in SLIDERS)
    lab.wait_done(
        f"{model} on sine, tau {tau:.0f}, noise {noise:.2f}, hidden size {size:.0f}, seed {drawn:.0f} ", seconds=30
    )
    arguments = f"tau={tau:.0f}, noise={noise}, hidden_size={size:.0f}, model={model.lower()!r}, seed={drawn:.0f}"
    assert digest(lab.picture()) == from_scratch(notebook, f"sine_lab({arguments})")
    assert notebook.execute(COUNT) == "0"


@pytest.mark.parametrize("seed", range(3, 5))
def test_reset_ends_it_where_it_began(notebook, seed):
    lab = notebook.lab()
    fire(random.Random(seed), notebook, lab, 20)
    lab.root.get_by_role("button", name="reset").click()
    lab.wait_done("RNN on sine, tau 4, noise 0.20, hidden size 32, seed 0 ", seconds=30)
    assert digest(lab.picture()) == from_scratch(notebook, "sine_lab()")
    assert [lab.value(slider) for slider in SLIDERS] == [4, 0.2, 32, 0] and lab.dropdown("model").input_value() == "RNN"
