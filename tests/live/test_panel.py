import io
import threading
import time
import weakref
from dataclasses import dataclass
from typing import NamedTuple

import ipywidgets as widgets
import pytest
import torch
from matplotlib.image import imread

from rnnlab import device, draw
from rnnlab.draw.picture import Picture
from rnnlab.live import frames, panel
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import KEPT_PICTURES, Report
from rnnlab.live.panel import Lab
from rnnlab.live.settings import Between, Settings, device_knob, knob


@dataclass(frozen=True)
class CountSettings(Settings):
    value: int = knob(3, Between(0, 500), "what is counted")
    other: int = knob(5, Between(0, 9), "what goes with it")
    share: float = knob(0.2, Between(0, 1, 0.05), "of it")


class Counted(NamedTuple):
    value: int
    done: float


class Numeral(Picture):
    def __init__(self):
        super().__init__(height=1)
        ax = self.figure.add_axes((0, 0, 1, 1))
        self.text = ax.text(0.5, 0.5, "", animated=True)


def write(picture, state):
    picture.text.set_text(str(state.value))
    return Report(f"value {state.value}", f"about {state.value}", f"the number {state.value}")


def make_lab(run=None, **how):
    runs = []

    def count(settings):
        value = settings.value
        runs.append(value)
        if value == 13:
            raise ValueError("value is 13; allowed: anything luckier")
        if value == 14:
            raise RuntimeError("torn <wire>")
        for step in range(5):
            yield Counted(value, step / 4)

    lab = Lab(CountSettings(), run or count, write, Canvas(Numeral()), **how)
    return lab, lab.controls["value"], runs


def test_the_default_is_worked_out_unasked():
    lab, _, _ = make_lab()
    lab.wait(5)
    assert lab.result.startswith("done: value 3 · ") and lab.picture.startswith(b"\x89PNG")
    assert lab.image.value == lab.picture and lab.progress.value == 1
    assert 'role="status"' in lab.status.value and "done: value 3" in lab.status.value


def test_reset_puts_every_control_back_in_one_move():
    def together(controls, moved):  # as a lab's controls move one another
        if moved is controls["value"]:
            controls["other"].value = 9

    both = lambda settings: iter([Counted((settings.value, settings.other), 1.0)])  # noqa: E731
    lab, value, _ = make_lab(both, adapt=together)
    asked, submit = [], lab._runner.submit
    lab._runner.submit = lambda request: (asked.append((request.value, request.other)), submit(request))
    value.value = 7
    assert "(7, 9)" in lab.wait(5).result and asked == [(7, 9)]
    lab.reset.click()
    assert "(3, 5)" in lab.wait(5).result and asked[1:] == [(3, 5)]
    lab.controls["other"].value = 6
    assert asked[2:] == [(3, 6)] and "(3, 6)" in lab.wait(5).result


@pytest.mark.parametrize("sent", [0.30000000000000004, 0.3, 0.29999999999999993])
def test_what_a_page_sends_for_a_number_is_that_number(sent):
    lab, _, runs = make_lab()
    lab.wait(5)
    lab.controls["share"].value = 0.3
    lab.wait(5)
    lab.controls["share"].value = sent
    lab.wait(5)
    assert runs == [3, 3] and lab._read() == CountSettings(share=0.3)


def test_a_page_of_finer_pixels_gets_the_last_picture_sharp_and_the_moving_ones_plain():
    lab, value, runs = make_lab()
    lab.wait(5)
    shown = []
    lab.image.observe(lambda change: shown.append(width(change.new)), names="value")
    lab._page_ratio.value = "2"
    assert width(lab.wait(5).picture) == 1920 and runs == [3]  # the training is not repeated
    value.value = 4
    assert width(lab.wait(5).picture) == 1920 and lab.result.startswith("done: value 4")
    value.value = 3
    assert width(lab.wait(5).picture) == 1920 and runs == [3, 4]  # seen before: shown at once, and sharp
    assert shown == [1920, 960, 1920, 1920]
    for told, ratio in (("3.5", 2.0), ("0.5", 1.0), ("1.25", 1.25)):
        lab._page_ratio.value = told
        assert width(lab.wait(5).picture) == 1920 and lab._frames.ratio == ratio  # sharp enough already
    assert runs == [3, 4]


def test_settings_left_before_their_picture_was_sharp_come_at_once_and_sharp_at_rest():
    lab, value, runs = make_lab()
    lab.wait(5)
    lab._page_ratio.value = "2"
    lab.wait(5)
    done = threading.Event()
    lab.status.observe(lambda change: "done: value 4" in change.new and done.set(), names="value")
    value.value = 4
    assert done.wait(5)
    value.value = 5  # before the picture of 4 was sharp
    assert lab.wait(5).result.startswith("done: value 5") and runs == [3, 4, 5]
    shown = []
    lab.image.observe(lambda change: shown.append(change.new), names="value")
    value.value = 4
    assert width(lab.wait(5).picture) == 1920 and [width(png) for png in shown] == [960, 1920]
    plain, _, _ = make_lab()
    plain._page_ratio.value = "2"
    plain.controls["value"].value = 4
    assert plain.wait(5).picture == lab.picture  # not the 5 that the artists showed last


def test_while_a_slider_moves_no_sharp_picture_is_drawn(monkeypatch):
    monkeypatch.setattr(frames, "AT_REST_SECONDS", 1.0)
    lab, value, _ = make_lab()
    lab.wait(5)
    lab._page_ratio.value = "2"
    lab.wait(5)
    shown = []
    lab.image.observe(lambda change: shown.append(width(change.new)), names="value")
    for number in range(20, 30):
        value.value = number
        time.sleep(0.05)
    lab.wait(5)
    assert shown[-1] == 1920 and shown.count(1920) == 1 and shown.count(960) >= 3


def test_a_change_of_screen_moves_no_control():
    told = []
    lab, _, _ = make_lab(adapt=lambda controls, moved: told.append(moved))
    lab._page_ratio.value = "2"
    lab.wait(5)
    lab.reset.click()
    assert told == [None, None]  # at first, and for the reset


def test_a_lab_trains_on_one_thread():
    seen = []

    def work(settings):
        seen.append(torch.get_num_threads())
        yield Counted(settings.value, 1.0)

    with device.threads(2):
        make_lab(work)[0].wait(5)
        assert seen == [1] and torch.get_num_threads() == 2


def width(png: bytes) -> int:
    return imread(io.BytesIO(png)).shape[1]


def test_a_move_works_again_and_a_setting_seen_before_is_not_worked_twice():
    lab, slider, runs = make_lab()
    first = lab.wait(5).picture
    slider.value = 4
    assert lab.wait(5).picture != first
    slider.value = 3
    assert lab.wait(5).picture == first
    assert runs == [3, 4]


def test_two_moves_on_two_threads_end_in_what_the_controls_say():
    lab, slider, _ = make_lab()
    lab.wait(5)
    has_read = threading.Event()

    plain = lab._read

    def read():
        value = plain()
        if not has_read.is_set():
            has_read.set()
            time.sleep(0.1)  # the other move comes meanwhile
        return value

    lab._read = read
    slow = threading.Thread(target=setattr, args=(slider, "value", 100))
    slow.start()
    has_read.wait(5)
    slider.value = 200
    slow.join(5)
    assert lab.wait(5).result.startswith("done: value 200 ")


def test_only_so_many_pictures_are_kept():
    lab, slider, runs = make_lab()
    lab.wait(5)
    for value in range(100, 100 + KEPT_PICTURES):
        slider.value = value
        lab.wait(5)
    slider.value = 3
    lab.wait(5)
    assert runs.count(3) == 2


def test_an_error_of_ours_is_shown_as_it_is_and_the_next_move_works():
    lab, slider, _ = make_lab()
    slider.value = 13
    with pytest.raises(ValueError, match="13"):
        lab.wait(5)
    assert "stopped: value is 13; allowed: anything luckier" in lab.status.value
    slider.value = 5
    assert lab.wait(5).result.startswith("done: value 5")


def test_any_other_error_names_its_kind_and_is_escaped():
    lab, slider, _ = make_lab()
    slider.value = 14
    with pytest.raises(RuntimeError):
        lab.wait(5)
    assert "stopped: RuntimeError: torn &lt;wire&gt;" in lab.status.value


def test_work_cut_short_is_not_kept_as_a_picture():
    started, step = threading.Event(), threading.Semaphore(0)
    runs = []

    def slow(settings):
        value = settings.value
        runs.append(value)
        yield Counted(value, 0.0)
        started.set()
        step.acquire()
        yield Counted(value, 0.5)
        yield Counted(value, 1.0)

    lab, slider, _ = make_lab(slow)
    assert started.wait(5)
    slider.value = 4  # overtakes 3 in the middle of a step
    step.release(2)
    assert lab.wait(5).result.startswith("done: value 4")
    slider.value = 3
    step.release()
    assert lab.wait(5).result.startswith("done: value 3")
    assert runs == [3, 4, 3]


def test_frames_are_spaced_but_the_first_and_the_last_are_always_shown():
    def long(settings):
        for i in range(1001):
            time.sleep(0.0002)
            yield Counted(settings.value, i / 1000)

    statuses = []
    lab, slider, _ = make_lab(long)
    lab.wait(20)
    lab.status.observe(lambda change: statuses.append(change["new"]), "value")
    progress = []
    lab.progress.observe(lambda change: progress.append(change["new"]), "value")
    slider.value = 4
    lab.wait(20)
    assert "training… value 4" in statuses[0] and "done: value 4" in statuses[-1]
    assert progress[-1] == 1 and progress == sorted(progress) and len(progress) < 100


def test_an_absent_device_is_said_so_and_the_cpu_taken(monkeypatch):
    @dataclass(frozen=True)
    class OnDevice(Settings):
        device: str = device_knob()

    monkeypatch.setattr(device, "names", lambda: ["cpu"])
    on = lambda settings: iter([Counted(settings.device, 1.0)])  # noqa: E731
    lab = Lab(OnDevice("cuda"), on, write, Canvas(Numeral()))
    assert lab.wait(5).result.startswith("done: no cuda on this machine, using the CPU · value cpu")
    assert lab.controls["device"].options == (("cpu", "cpu"),)


def test_a_page_without_widgets_still_gets_picture_words_and_result(monkeypatch):
    shown = []
    for module in (panel, draw):
        monkeypatch.setattr(module, "display", lambda data, raw, metadata=None: shown.append((data, metadata)))
    lab, _, _ = make_lab()
    lab.wait(5)._ipython_display_()
    (data, metadata), (words, _) = shown
    assert data["text/plain"] == "about 3\nthe number 3"
    assert data["image/png"].startswith("iVBOR") and metadata["image/png"]["alt"] == "the number 3"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "about 3" in words["text/html"] and "the number 3" in words["text/html"]


def test_close_leaves_no_thread():
    lab, _, _ = make_lab()
    lab.close()
    for thread in threading.enumerate():
        if thread.name == "rnnlab-runner":
            thread.join(5)  # it may be on its last line
            assert not thread.is_alive()


def widgets_alive() -> int:
    return len(widgets.widget._instances)


def test_a_closed_lab_leaves_no_widget_and_no_memory_behind():
    lab, slider, _ = make_lab()
    lab.wait(5)
    before = widgets_alive()
    for _ in range(3):
        lab.close()
        lab, slider, _ = make_lab()
        lab.wait(5)
    assert widgets_alive() == before
    held = weakref.ref(lab._runner._work._canvas)
    lab.close()
    lab.close()
    assert held() is None and lab.result.startswith("done: value 3") and lab.picture
    slider.value = 4
    assert lab.wait(5).result.startswith("done: value 3")


def test_a_closed_lab_that_is_shown_says_so(capsys):
    lab, _, _ = make_lab()
    lab.wait(5).close()
    lab._ipython_display_()
    assert "this lab is closed: run its cell again for a new one: about 3" in capsys.readouterr().out


class Cell:
    """The running cell, as a kernel's shell tells of it."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(panel, "get_ipython", lambda: self)
        self.times = 0

    def run(self, code, cell_id=None):
        self.times += 1
        metadata = {"cellId": cell_id} if cell_id else {}
        self.message = {"header": {"msg_id": str(self.times)}, "metadata": metadata, "content": {"code": code}}
        return make_lab()[0]

    def get_parent(self):
        return self.message


@pytest.mark.parametrize("first_id", ["a", None])
def test_a_cell_run_again_closes_the_labs_it_made_and_no_other(monkeypatch, first_id):
    cell = Cell(monkeypatch)
    one, beside = cell.run("make()", first_id), make_lab()[0]
    other = cell.run("another()", first_id and "b")
    before = widgets_alive()
    again, beside_again = cell.run("make()", first_id), make_lab()[0]
    assert one._closed and beside._closed and not other._closed
    assert not again._closed and not beside_again._closed and widgets_alive() == before
    for lab in (other, again, beside_again):
        lab.close()


def test_a_lab_made_where_no_cell_runs_is_closed_by_nobody(monkeypatch):
    cell = Cell(monkeypatch)
    one, other = cell.run(""), cell.run("")
    assert not one._closed and not other._closed


def test_a_line_of_any_length_is_cut_on_the_panel():
    lab, _, _ = make_lab(run=lambda value: (_ for _ in ()).throw(ValueError("x" * 10**6)))
    with pytest.raises(ValueError, match=r"x{1000}"):
        lab.wait(5)
    assert len(lab.status.value) < 1000 and lab.result.startswith("stopped: xxx")
