"""From settings to pictures: `Frames` does a lab's work, draws it as it goes, and keeps what it has drawn."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from rnnlab.device import threads
from rnnlab.live.canvas import Canvas
from rnnlab.live.settings import Settings

FRAME_SECONDS = 0.1
FIRST_PICTURE_SECONDS = 0.02  # the first picture reaches the page before training takes its core
AT_REST_SECONDS = 0.2  # without a move, before the last picture is drawn again for a screen with finer pixels
KEPT_PICTURES = 64


class State(Protocol):
    """What a lab's work yields."""

    @property
    def done(self) -> float:
        """0 before the first step and exactly 1 after the last."""


class Report(NamedTuple):
    """A state in words."""

    result: str  # one line, with exact figures
    summary: str  # the same, rounded so coarsely that every machine prints it alike
    alt: str  # what there is to see in the picture


class Frame(NamedTuple):
    """A picture and its words, ready to be shown."""

    png: bytes
    done: float
    status: str
    report: Report
    ratio: float = 1.0  # screen pixels per page pixel, in each direction


class Frames:
    """Called with settings, it yields frames to show, or None: at each yield it can be stopped.

    run(settings): does the work, one State per step.
    draw(picture, state): moves the canvas' picture and reports.
    note: words before every result.

    If the work for some settings was done before, their picture comes at once. `ratio`, which may be set, is the number
    of screen pixels per page pixel; above 1, the last picture comes once more, as sharp as the screen.
    """

    def __init__(
        self,
        run: Callable[[Any], Iterator[State]],
        draw: Callable[[Any, Any], Report],
        canvas: Canvas,
        note: str = "",
    ):
        self._run, self._draw, self._canvas, self._note = run, draw, canvas, note
        self.ratio = 1.0
        self._kept: dict[Settings, Frame] = {}
        self._drawn: Settings | None = None  # what the picture's artists show, once it is final

    def __call__(self, settings: Settings) -> Iterator[Frame | None]:
        if settings in self._kept:
            yield self._kept[settings]
        else:
            yield from self._train(settings)
        frame, ratio = self._kept.get(settings), self.ratio
        if frame is None or frame.ratio >= ratio:
            return
        rested = time.perf_counter() + AT_REST_SECONDS
        while time.perf_counter() < rested:
            time.sleep(0.005)
            yield None
        if self._drawn != settings:  # done before, but the artists show something else by now
            for _ in self._train(settings):
                yield None
        frame = frame._replace(png=self._canvas.png(ratio), ratio=ratio)
        self._keep(settings, frame)
        yield frame

    def _keep(self, settings: Settings, frame: Frame) -> None:
        while len(self._kept) >= KEPT_PICTURES and settings not in self._kept:
            self._kept.pop(next(iter(self._kept)))
        self._kept[settings] = frame

    def _train(self, settings: Settings) -> Iterator[Frame | None]:
        self._drawn = None
        began = time.perf_counter()
        due = 0.0
        with threads(1):
            for state in self._run(settings):
                now = time.perf_counter()
                if now < due and state.done < 1:
                    yield None
                    continue
                report = self._draw(self._canvas.picture, state)
                picture = self._canvas.png()
                # Drawing may take a tenth of the time at most, however slow a frame is: the last one matters most.
                due = now + max(FRAME_SECONDS, 9 * (time.perf_counter() - now))
                if state.done < 1:
                    status = f"training… {self._note}{report.result}"
                else:
                    status = f"done: {self._note}{report.result} · {time.perf_counter() - began:.2f} s"
                frame = Frame(picture, state.done, status, report)
                if state.done == 1:
                    self._drawn = settings
                    self._keep(settings, frame)
                yield frame
                if state.done == 0:
                    time.sleep(FIRST_PICTURE_SECONDS)
