"""Labs under random fire: whatever the order of moves, errors and waits, the last setting is what remains."""

import io
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from rnnlab.draw.picture import Picture
from rnnlab.labs.sine.lab import sine_lab
from rnnlab.live import frames
from rnnlab.live.canvas import Canvas
from rnnlab.live.frames import Report
from rnnlab.live.panel import Lab
from rnnlab.live.runner import Runner
from rnnlab.live.settings import Between, Settings, knob

BAD, TORN = 13, 14  # settings whose work raises
RATIOS = {"fine": 2, "plain": 1}


@pytest.fixture(autouse=True, scope="module")
def hasty():
    """A sharp picture comes soon after the last move, so that a test can wait for many."""
    before, frames.AT_REST_SECONDS = frames.AT_REST_SECONDS, 0.003
    yield
    frames.AT_REST_SECONDS = before


@dataclass(frozen=True)
class CountSettings(Settings):
    value: int = knob(3, Between(0, 40), "how many columns are dark")


class Counted(NamedTuple):
    value: int
    done: float


class Columns(Picture):
    """As many dark columns, of 40, as are counted."""

    def __init__(self):
        super().__init__(height=0.1)
        ax = self.figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        look = {"cmap": "Greys", "vmin": 0, "vmax": 1, "aspect": "auto", "animated": True}
        self.image = ax.imshow(np.zeros((1, 40)), **look)


def counting_lab() -> Lab:
    """A lab that draws its slider's value as that many dark columns; some values raise, and each takes a few steps."""

    def run(settings):
        value = settings.value
        for step in range(4):
            if step == 2 and value == BAD:
                raise ValueError("value is 13; allowed: anything luckier")
            if step == 1 and value == TORN:
                raise RuntimeError("torn")
            time.sleep(0.0005)
            yield Counted(value, step / 3)

    def draw(picture, state):
        picture.image.set_data((np.arange(40) < state.value)[None])
        return Report(f"value {state.value}", "", "")

    return Lab(CountSettings(), run, draw, Canvas(Columns()))


def columns(png: bytes) -> int:
    """How many columns of the picture are dark: the value that it was drawn for."""
    picture = imread(io.BytesIO(png))
    height, width = picture.shape[:2]
    return int((picture[height // 2, width // 80 :: width // 40, 0] < 0.5).sum())


ACTIONS = st.lists(
    st.one_of(st.integers(0, 40), st.sampled_from(["wait", "pause", "impatient", "fine", "plain"])),
    min_size=1,
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(actions=ACTIONS)
def test_what_stands_in_the_end_is_the_last_setting_and_no_frame_is_stale(actions):
    lab = counting_lab()
    slider = lab.controls["value"]
    stale, show = [], lab._runner._show

    def watch(frame):  # called under the runner's lock, so that the request is the latest one
        asked = lab._runner._request
        if f"value {asked.value} " not in f"{frame.status} ":
            stale.append((asked, frame.status))
        show(frame)

    lab._runner._show = watch
    try:
        for action in actions:
            if isinstance(action, int):
                slider.value = action
            elif action == "pause":
                time.sleep(0.002)
            elif action in RATIOS:  # the window moves to another screen
                lab._page_ratio.value = str(RATIOS[action])
            else:
                try:
                    lab.wait(0 if action == "impatient" else 10)
                except (ValueError, RuntimeError, TimeoutError):
                    pass  # the setting's own error, or a timeout: both are intended here
        last = slider.value
        if last in (BAD, TORN):
            with pytest.raises((ValueError, RuntimeError)):
                lab.wait(10)
            assert "stopped: " in lab.status.value and lab.progress.value == 0
        else:
            lab.wait(10)
            assert lab.result.startswith(f"done: value {last} ") and f"done: value {last} " in lab.status.value
            assert columns(lab.image.value) == last and lab.progress.value == 1
            assert imread(io.BytesIO(lab.image.value)).shape[1] >= 960 * lab._frames.ratio
    finally:
        lab.close()
    assert lab._runner._thread is None and not stale


@settings(max_examples=60, deadline=None)
@given(requests=st.lists(st.integers(0, 9), min_size=1, max_size=60), close_at=st.integers(0, 60))
def test_a_runner_never_shows_the_overtaken_and_leaves_no_thread(requests, close_at):
    latest, stale, before = None, [], set(threading.enumerate())

    def work(request):
        for step in range(3):
            if request == 9 and step:
                raise RuntimeError("nine")
            time.sleep(0.0003)
            yield request

    runner = Runner(work, lambda frame: stale.append(frame) if frame != latest else None, lambda error: None)
    for number, request in enumerate(requests):
        if number == close_at:
            runner.close()
        with runner._lock:  # so that `latest` and the request change as one
            latest = request if close_at > number else latest
            runner.submit(request)
        time.sleep(0.0005 * (request % 3))
    try:
        runner.wait(10)
    except RuntimeError as error:
        assert str(error) == "nine"
    runner.close()
    runner.submit(1)
    for thread in set(threading.enumerate()) - before:
        thread.join(1)  # it may be on its last line
    assert not stale and not set(threading.enumerate()) - before


@cache
def fresh_picture(tau: int, noise: float, model: str) -> bytes:
    lab = sine_lab(tau=tau, noise=noise, model=model, hidden_size=4)
    try:
        return lab.picture
    finally:
        lab.close()


SETTINGS = st.tuples(
    st.sampled_from([1, 4, 7]), st.sampled_from([0.0, 0.2, 1.0]), st.sampled_from(["linear", "mlp", "rnn"])
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(st.tuples(SETTINGS, st.booleans()), min_size=2, max_size=8))
def test_a_real_training_ends_bit_for_bit_as_if_it_had_been_the_first(moves):
    lab = sine_lab(hidden_size=4)
    controls = lab.controls
    try:
        for (tau, noise, model), patient in moves:
            controls["tau"].value, controls["noise"].value, controls["model"].value = tau, noise, model
            if patient:
                lab.wait(30)
        lab.wait(30)
        assert lab.picture == fresh_picture(*moves[-1][0])
    finally:
        lab.close()
