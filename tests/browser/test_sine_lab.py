"""Chapter 3's live lab as a reader meets it: a real JupyterLab, a real kernel, mouse and keyboard."""

import math
from pathlib import Path

import pytest
from jupyterlab_driver import Notebook, digest, from_scratch
from playwright.sync_api import expect

CHAPTER = "03-sine-forecast.ipynb"


@pytest.fixture
def lab(notebook):
    """The chapter's lab at its default setting."""
    lab = notebook.lab()
    lab.select("source", "sine")
    lab.select("model", "RNN")
    for slider, moves in (("tau", 3), ("noise", 4), ("hidden size", 31)):
        lab.steps_from_start(slider, moves)
    lab.settle("seed", "seed 20 ", 0, "RNN on sine, tau 4, noise 0.20, hidden size 32, seed 0 ")
    return lab


def test_the_saved_chapter_shows_the_labs_picture_before_anything_runs(browser, server):
    fresh = browser.new_page()
    try:
        notebook = Notebook(fresh, server, CHAPTER)
        fresh.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(21)")
        assert notebook.page.locator(".rnnlab-lab").count() == 0
        expect(fresh.locator(".jp-RenderedImage img:visible").first).to_be_visible()
        assert "Error displaying widget" not in fresh.locator(".jp-Notebook").inner_text()
    finally:
        fresh.close()


def test_the_default_setting_is_trained_when_the_cell_is_done(lab):
    lab.screenshot("sine-lab")
    assert lab.image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [960, 540]
    assert lab.faults() == []


@pytest.mark.parametrize(
    ("slider", "key", "value", "words"),
    [
        ("tau", "Home", 1, "tau 1,"),
        ("tau", "End", 32, "tau 32,"),
        ("noise", "Home", 0, "noise 0.00,"),
        ("noise", "End", 1, "noise 1.00,"),
        ("hidden size", "Home", 1, "hidden size 1,"),
        ("hidden size", "End", 128, "hidden size 128,"),
        ("seed", "End", 20, "seed 20 "),
        ("seed", "Home", 0, "seed 0 "),
    ],
)
def test_each_slider_goes_to_its_ends_by_keyboard(lab, slider, key, value, words):
    before = lab.picture()
    lab.press(slider, key)
    status = lab.wait_done(words)
    assert lab.value(slider) == value
    assert math.isfinite(float(status.split("test error ")[1].split()[0]))
    assert (key == "Home" and slider == "seed") or lab.picture() != before


@pytest.mark.parametrize("model", ["linear", "MLP"])
def test_the_model_can_be_switched(lab, model):
    lab.select("model", model)
    lab.wait_done(f"{model} on sine, tau 4, noise 0.20")


@pytest.mark.parametrize("source", ["neuron voltage", "stock price"])
def test_a_recording_can_be_chosen(lab, source):
    lab.select("source", source)
    lab.wait_done(f"RNN on {source}, tau 4, hidden size 32")
    lab.screenshot(f"sine-lab-{source.replace(' ', '-')}")


def test_a_file_of_the_readers_own_is_trained_on_and_a_bad_one_explained(lab, tmp_path):
    lab.select("source", "CSV file")
    expect(lab.status).to_contain_text("stopped: no file yet")
    rows = [f"{i},{math.sin(i / 9):.4f}" for i in range(300)]
    (tmp_path / "gap.csv").write_text("\n".join(["day,level", *rows[:7], "7,", *rows[8:]]))
    lab.upload(tmp_path / "gap.csv")
    expect(lab.status).to_contain_text("stopped: gap.csv: column 'level' has a gap on line 9")
    lab.select("column", "day")
    lab.wait_done("RNN on CSV file, tau 4, hidden size 32")
    (tmp_path / "good.csv").write_text("\n".join(["hour,level", *rows]))
    lab.upload(tmp_path / "good.csv")
    expect(lab.root.locator("option", has_text="hour")).to_have_count(1)
    lab.wait_done("RNN on CSV file, tau 4, hidden size 32")


def test_a_file_too_large_to_be_sent_is_said_so_and_the_lab_goes_on(lab, tmp_path):
    """Twelve megabytes would break the page's connection to the kernel; unless the page checks the size, this hangs."""
    lab.select("source", "CSV file")
    rows = [f"{i},{math.sin(i / 9):.4f}" for i in range(300)]
    (tmp_path / "good.csv").write_text("\n".join(["hour,level", *rows]))
    lab.upload(tmp_path / "good.csv")
    lab.wait_done("good.csv: comma-separated, decimal point, UTF-8, column 'level', 300 rows")
    (tmp_path / "large.csv").write_text("t,y\n" + "0,1.5\n" * 2_000_000)
    lab.upload(tmp_path / "large.csv")
    expect(lab.status).to_contain_text("stopped: large.csv has 12.0 MB; allowed: 10 MB, so cut it")
    lab.screenshot("sine-lab-too-large")
    for _ in range(2):
        lab.upload(tmp_path / "good.csv")
        lab.wait_done("column 'level', 300 rows")
        lab.upload(tmp_path / "large.csv")
        expect(lab.status).to_contain_text("stopped: large.csv has 12.0 MB")


def test_a_burst_of_moves_ends_in_the_last_settings_own_picture(lab, notebook, page):
    """30 moves as fast as the keyboard goes, under 2 seconds; then the picture is a new lab's, and no other comes."""
    for slider, moves in (("tau", 11), ("hidden size", 10), ("noise", 9)):
        lab.press(slider, "ArrowRight", moves)
    lab.wait_done("tau 15, noise 0.65, hidden size 42, seed 0 ")
    picture = lab.picture()
    lab.image.evaluate("image => { window.later = 0; image.addEventListener('load', () => window.later++); }")
    assert digest(picture) == from_scratch(notebook, "sine_lab(tau=15, noise=0.65, hidden_size=42)")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.later") == 0 and lab.picture() == picture


def test_an_error_in_training_is_shown_and_the_next_move_works(lab, notebook):
    notebook.execute(
        "import rnnlab.labs.sine.run as module; kept = module.train\n"
        "def broken(*a, **k):\n    raise RuntimeError('the wire is loose')\n"
        "module.train = broken"
    )
    try:
        lab.press("tau", "ArrowRight", 3)
        expect(lab.status).to_have_text("stopped: RuntimeError: the wire is loose")
    finally:
        notebook.execute("module.train = kept")
    lab.press("tau", "ArrowRight")
    lab.wait_done("tau 8,")


HOLD = """
import threading, rnnlab.labs.sine.run as module
gate, kept = threading.Event(), module.train
def held(*arguments, **settings):
    for step in kept(*arguments, **settings):
        if step.step == step.steps // 2:
            gate.wait()
        yield step
module.train = held
"""


def test_another_cell_runs_while_the_lab_trains_and_neither_disturbs_the_other(lab, notebook):
    draw = "import torch; torch.manual_seed(0); print(torch.rand(1000).sum().item())"
    alone = notebook.execute(draw)
    notebook.execute(HOLD)
    try:
        lab.press("seed", "ArrowRight")  # one move, to a setting that no other test has used
        expect(lab.status).to_contain_text("training… RNN on sine, tau 4, noise 0.20, hidden size 32, seed 1")
        assert notebook.execute(draw) == alone
        expect(lab.status).to_contain_text("training…")  # half way, and stopped there
    finally:
        notebook.execute("gate.set(); module.train = kept")
    lab.wait_done("tau 4, noise 0.20, hidden size 32, seed 1 ")
    assert digest(lab.picture()) == from_scratch(notebook, "sine_lab(seed=1)")


def test_a_restart_leaves_no_thread_and_no_old_kernel(lab, notebook):
    count = "import threading; print(sum(t.name == 'rnnlab-runner' for t in threading.enumerate()))"
    assert notebook.execute(count) == "0"  # done: nothing is waiting
    pid = int(notebook.execute("import os; print(os.getpid())"))
    notebook.execute(HOLD)
    lab.press("hidden size", "ArrowRight")
    expect(lab.status).to_contain_text("training… RNN on sine, tau 4, noise 0.20, hidden size 33")
    assert notebook.execute(count) == "1"
    notebook.restart()
    assert notebook.execute(count) == "0"
    assert int(notebook.execute("import os; print(os.getpid())")) != pid and not Path(f"/proc/{pid}").exists()
